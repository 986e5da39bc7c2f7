import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../files.ts'

/** Builds the crate of broken nodes beside the checkout's own crates; gives the file of its plugin. No network is used. */
export async function brokenCrate(): Promise<string> {
  // Ignored by git; inside the repository, so that the packages of this one are found.
  const folder = join(root, '.cache', 'broken-crate')
  const crate = join(folder, 'broken')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(join(root, 'packages', 'cli', 'test', 'conform', 'broken-rust'), crate, { recursive: true })
  const native = join(root, 'packages', 'nodes-native')
  symlinkSync(root, join(folder, 'anabranch'))
  // Dependencies are built once for all addons of the checkout.
  symlinkSync(join(native, 'target'), join(crate, 'target'))
  cpSync(join(native, 'Cargo.lock'), join(crate, 'Cargo.lock'))
  const { CARGO_TARGET_DIR: _, ...env } = process.env
  const options = { cwd: crate, env: { ...env, CARGO_NET_OFFLINE: 'true' } }
  await promisify(execFile)('cargo', ['build', '--release'], options)
  cpSync(join(crate, 'target', 'release', 'libbroken.so'), join(crate, 'broken.node'))
  return join(crate, 'plugin.mjs')
}
