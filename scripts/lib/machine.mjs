// @ts-check
import { run } from './command.mjs'

/** @typedef {{ name: string, why: string, how: string }} Missing */

const oldestNode = [20, 19]
const oldestPython = [3, 11]
const pythons = ['python3', 'python3.13', 'python3.12', 'python3.11']

/** @param {readonly number[]} found @param {readonly number[]} oldest */
export const atLeast = ([major = 0, minor = 0], [oldMajor = 0, oldMinor = 0]) =>
  major > oldMajor || (major === oldMajor && minor >= oldMinor)

/** @param {string} text the first two numbers of a version */
export const versionOf = (text) => (/(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number)

async function findPython() {
  const probe = 'import sys; print("%d.%d" % sys.version_info[:2]); import ensurepip, venv'
  /** @type {string[]} */
  const seen = []
  for (const name of pythons) {
    const { code, stdout } = await run(name, ['-c', probe])
    const version = versionOf(stdout)
    if (version.length === 0) continue
    if (code === 0 && atLeast(version, oldestPython)) return undefined
    seen.push(`${name} is ${version.join('.')}${atLeast(version, oldestPython) ? ' without venv or ensurepip' : ''}`)
  }
  return seen.length > 0 ? seen.join(', ') : `none of ${pythons.join(', ')} was found`
}

/** @type {() => Promise<Missing | undefined>} */
async function checkNode() {
  const found = process.versions.node
  if (atLeast(versionOf(found), oldestNode)) return undefined
  const how = 'install Node.js 20.19 or newer from https://nodejs.org'
  return { name: 'Node.js >= 20.19', why: `this is ${found}`, how }
}

/** @type {() => Promise<Missing | undefined>} */
async function checkCargo() {
  const { code } = await run('cargo', ['--version'])
  if (code === 0) return undefined
  return { name: 'cargo', why: 'it builds the nodes written in Rust', how: 'install Rust from https://rustup.rs' }
}

/** @type {() => Promise<Missing | undefined>} */
async function checkCompiler() {
  const { code } = await run('cc', ['--version'])
  if (code === 0) return undefined
  const how = 'Debian, Ubuntu: apt install build-essential; macOS: xcode-select --install'
  return { name: 'a C compiler, cc', why: 'Rust links with it', how }
}

/** @type {() => Promise<Missing | undefined>} */
async function checkPython() {
  const why = await findPython()
  if (why === undefined) return undefined
  const how = 'Debian, Ubuntu: apt install python3 python3-venv; others: https://www.python.org'
  return { name: 'Python >= 3.11 with venv', why, how }
}

/**
 * Everything that the machine lacks, all at once.
 * @returns {Promise<Missing[]>}
 */
export async function findMissing() {
  const found = await Promise.all([checkNode(), checkCargo(), checkCompiler(), checkPython()])
  return found.filter((missing) => missing !== undefined)
}
