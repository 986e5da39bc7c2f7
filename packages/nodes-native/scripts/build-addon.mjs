#!/usr/bin/env node
// @ts-check
// Builds the native addon and puts it where the TypeScript door looks: prebuilt/<platform>-<arch>/anabranch.node.
// The last line on stdout is always the state of things, so that a parent process may show it alone.
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const prefix = process.platform === 'win32' ? '' : 'lib'
const suffix = { win32: 'dll', darwin: 'dylib' }[process.platform] ?? 'so'
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target')
const built = join(target, 'release', `${prefix}anabranch_addon.${suffix}`)
const addon = join(root, 'prebuilt', `${process.platform}-${process.arch}`, 'anabranch.node')
const TAIL = 20

/** @param {string} line */
function progress(line) {
  process.stdout.write(`native addon: ${line}\n`)
}

/**
 * One clear line with the fix, then the end of what cargo said.
 * @param {string} what @param {string} fix @param {readonly string[]} [tail]
 */
function fail(what, fix, tail = []) {
  for (const line of tail) process.stderr.write(`${line}\n`)
  process.stderr.write(`native addon: ${what}. ${fix}\n`)
  process.exitCode = 1
}

/** Copies under another name, then renames: a process that loads the addon meanwhile sees the old or the new one whole. */
function install() {
  const now = statSync(built)
  const old = statSync(addon, { throwIfNoEntry: false })
  if (old && old.size === now.size && old.mtimeMs >= now.mtimeMs) return 'unchanged'
  mkdirSync(dirname(addon), { recursive: true })
  const partial = `${addon}.${process.pid}`
  try {
    copyFileSync(built, partial)
    renameSync(partial, addon)
  } finally {
    rmSync(partial, { force: true })
  }
  return 'built'
}

const start = performance.now()
progress('cargo build')
const cargo = spawn('cargo', ['build', '--release', '--locked', '--package', 'anabranch-addon', '--color', 'never'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'pipe'],
})
/** @type {string[]} */
let lines = []
let compiled = 0
let rest = ''
cargo.stderr.setEncoding('utf8').on('data', (chunk) => {
  const parts = (rest + chunk).split('\n')
  rest = parts.pop() ?? ''
  for (const line of parts) {
    lines = [...lines, line].slice(-TAIL)
    const crate = /^\s*(?:Compiling|Downloaded) (\S+)/.exec(line)?.[1]
    if (crate !== undefined) progress(`${++compiled} ${crate}`)
  }
})
cargo.on('error', (error) => {
  fail(
    `cargo cannot be started (${error.message})`,
    'Install Rust 1.89 or newer from https://rustup.rs, then run this again',
  )
})
cargo.on('close', (code) => {
  if (process.exitCode === 1) return
  if (rest !== '') lines.push(rest)
  if (code !== 0) {
    const fix = 'Fix what cargo says above; `rustup update stable` if it asks for a newer Rust'
    fail(`cargo build failed (exit code ${code})`, fix, lines)
    return
  }
  try {
    const outcome = install()
    progress(`${outcome} in ${((performance.now() - start) / 1000).toFixed(1)} s`)
  } catch (error) {
    fail(
      `the addon cannot be put at ${addon} (${/** @type {Error} */ (error).message})`,
      'Check that the folder is writable',
    )
  }
})
