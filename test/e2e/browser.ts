import chromium from '@sparticuz/chromium'
import puppeteer, { type Browser } from 'puppeteer-core'

/** A browser without a window, from a package that carries its program. */
export async function openBrowser(): Promise<Browser> {
  const args = puppeteer.defaultArgs({ args: chromium.args, headless: 'shell' })
  return puppeteer.launch({ args, executablePath: await chromium.executablePath(), headless: 'shell' })
}
