// @ts-check
import { spawn } from 'node:child_process'
import { root } from './root.mjs'
import { isStopping, watch } from './stop.mjs'

/** @typedef {{ code: number, output: string, stdout: string }} Done */

/**
 * Runs a command to its end with stdin closed; never rejects for its exit code. Its two outputs come back in one
 * string, in the order of arrival; `stdout` alone as well. It has a process group of its own, so that what it started
 * ends with it when we are told to stop; we then end with the last command, and nobody hears of its result.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, tell?: (line: string) => void }} [options] tell: hears the last
 *   line of each piece of output as it comes
 * @returns {Promise<Done>}
 */
export function run(command, args, { cwd = root, env = process.env, tell } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    // Some commands ignore an interrupt when they have no terminal.
    watch(child, (signal) => child.pid && process.kill(-child.pid, signal === 'SIGINT' ? 'SIGTERM' : signal))
    /** @type {Buffer[]} */
    const all = []
    /** @type {Buffer[]} */
    const out = []
    const hear = (/** @type {Buffer} */ chunk) => {
      all.push(chunk)
      tell?.(chunk.toString().trimEnd().split('\n').at(-1) ?? '')
    }
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      hear(chunk)
      out.push(chunk)
    })
    child.stderr.on('data', hear)
    const end = (/** @type {number} */ code, extra = '') => {
      if (isStopping()) return
      const stdout = Buffer.concat(out).toString()
      resolve({ code, output: Buffer.concat(all).toString() + extra, stdout })
    }
    child.on('error', (error) => end(127, `${command}: ${error.message}\n`))
    child.on('close', (code, signal) => end(code ?? 1, signal ? `${command}: ended by ${signal}\n` : ''))
  })
}

/**
 * npm, without a shell; by the path that npm itself gave when it started us.
 * @param {readonly string[]} args
 */
export function npm(args) {
  const path = process.env.npm_execpath
  const own = path !== undefined && /npm-cli\.[cm]?js$/.test(path)
  return own ? run(process.execPath, [path, ...args]) : run('npm', args)
}

/**
 * Runs a program of this Node with our own input and outputs, to its end.
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
export function runShown(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
    watch(child, (signal) => {
      // A terminal has sent its interrupt to both of us.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
    child.on('error', () => resolve(127))
    child.on('close', (code) => resolve(code ?? 1))
  })
}
