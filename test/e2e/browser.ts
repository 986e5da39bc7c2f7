import { pathToFileURL } from 'node:url'
import chromium from '@sparticuz/chromium'
import puppeteer, { type Page } from 'puppeteer-core'
import type { Test } from 'tap'

/**
 * Loads a page from its file in a browser without a window, from a package that carries its program, and looks at it.
 * Nothing may go wrong in it, and it may ask nobody for anything. `REPORT_SCREENSHOT` names a picture to be left of it.
 */
export async function inBrowser(
  t: Test,
  file: string,
  look: (page: Page, texts: (selector: string) => Promise<string[]>) => Promise<void>,
): Promise<void> {
  const args = puppeteer.defaultArgs({ args: chromium.args, headless: 'shell' })
  const browser = await puppeteer.launch({ args, executablePath: await chromium.executablePath(), headless: 'shell' })
  try {
    const page = await browser.newPage()
    const wrong: string[] = []
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    page.on('pageerror', (error) => wrong.push(String(error)))
    page.on('requestfailed', (request) => wrong.push(request.url().slice(0, 100)))
    await page.setViewport({ width: 1200, height: 1400 })
    await page.goto(pathToFileURL(file).href)
    t.same(wrong, [])
    await look(page, (selector) => page.$$eval(selector, (all) => all.map((each) => each.textContent ?? '')))
    t.same(wrong, [], 'nor when it is used')
    const shot = process.env.REPORT_SCREENSHOT
    if (shot !== undefined) await page.screenshot({ path: shot as `${string}.png`, fullPage: true })
  } finally {
    await browser.close()
  }
}
