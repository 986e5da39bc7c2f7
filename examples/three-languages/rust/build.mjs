// Builds the addon and puts it beside plugin.mjs.
import { spawnSync } from 'node:child_process'
import { copyFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'

const cwd = import.meta.dirname
const { CARGO_TARGET_DIR: _, ...env } = process.env
const cargo = spawnSync('cargo', ['build', '--release', '--locked', '--message-format', 'json-render-diagnostics'], {
  cwd,
  env,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
})
if (cargo.error !== undefined) {
  process.stderr.write(`cargo cannot be started (${cargo.error.message}). Install Rust from https://rustup.rs\n`)
  process.exit(1)
}
if (cargo.status !== 0) process.exit(cargo.status ?? 1)
const built = cargo.stdout
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .find(({ reason, target }) => reason === 'compiler-artifact' && target.name === 'dc_blocker').filenames[0]
// Under another name first: a process that loads it meanwhile sees the old or the new one whole.
const addon = join(cwd, 'dc-blocker.node')
copyFileSync(built, `${addon}.part`)
renameSync(`${addon}.part`, addon)
