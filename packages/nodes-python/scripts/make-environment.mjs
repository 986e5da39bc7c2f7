#!/usr/bin/env node
// @ts-check
/**
 * Makes the Python environment of this package, `python/.venv`, from `python/requirements.lock`: exact versions, each
 * with its hashes. In a checkout, or with `--extras`, from `requirements-all.lock`. Running it again without a change
 * costs a hash of three files.
 *
 *   node scripts/make-environment.mjs                  make it, or find it unchanged
 *   node scripts/make-environment.mjs --print-python   the same, and print the interpreter's path on stdout
 *   node scripts/make-environment.mjs --extras         with what TranscribeNode and others need beside (some 400 MB)
 *   node scripts/make-environment.mjs --lock           resolve pyproject.toml anew and rewrite both locks
 *
 * It needs nothing but Node and a Python of 3.11 or newer: `uv` comes from the package registry pip is set up for,
 * into an environment of its own (`python/.bootstrap`). Progress goes to stderr.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

const UV_VERSION = '0.13.9'
const OLDEST = [3, 11]
const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11']
const LOCK_WAIT_MS = 300_000

const root = join(dirname(dirname(fileURLToPath(import.meta.url))), 'python')
const project = join(root, 'pyproject.toml')
/** What a worker needs; and the same with every extra, the tools and the models of the tests. */
const BASE_LOCK = join(root, 'requirements.lock')
const WHOLE_LOCK = join(root, 'requirements-all.lock')
const environment = join(root, '.venv')
const bootstrap = join(root, '.bootstrap')
const stampFile = join(environment, '.anabranch-stamp')
/** A checkout has the tests, and is made to run them. An installed package has what its nodes need. */
const isCheckout = existsSync(join(root, 'tests'))
const pythonOf = (/** @type {string} */ venv) =>
  process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python')

/** Says what is wrong in one line, how to mend it, and what the command last said. */
class Problem extends Error {
  /** @param {string} what @param {string} fix @param {string} [tail] */
  constructor(what, fix, tail = '') {
    super(`${what}. ${fix}`)
    this.tail = tail.trim().split('\n').slice(-12).join('\n')
  }
}

const say = (/** @type {string} */ line) => process.stderr.write(`python environment: ${line}\n`)

/** What pip was told about registries and certificates holds for uv too. */
function childEnvironment() {
  const env = { ...process.env, UV_NO_PROGRESS: '1', UV_PYTHON_DOWNLOADS: 'never' }
  const forUv = { UV_DEFAULT_INDEX: env.PIP_INDEX_URL, UV_FIND_LINKS: env.PIP_FIND_LINKS, SSL_CERT_FILE: env.PIP_CERT }
  for (const [name, value] of Object.entries(forUv)) if (value && !env[name]) env[name] = value
  delete env.VIRTUAL_ENV
  delete env.PYTHONPATH
  delete env.PYTHONHOME
  return env
}

/** @param {string} command @param {string[]} args @param {string} what @param {string} fix */
function run(command, args, what, fix) {
  const done = spawnSync(command, args, { cwd: root, env: childEnvironment(), encoding: 'utf8', maxBuffer: 64 << 20 })
  if (done.error) throw new Problem(`${what}: ${done.error.message}`, fix)
  if (done.status !== 0)
    throw new Problem(`${what} (exit ${done.status ?? done.signal})`, fix, done.stderr + done.stdout)
  return done.stdout
}

/** The first Python on PATH that is new enough and can make environments. */
function findPython() {
  const seen = []
  for (const name of CANDIDATES) {
    const probe = 'import sys, ensurepip, venv; print(*sys.version_info[:2], sys.executable, sep="\\n")'
    const done = spawnSync(name, ['-c', probe], { env: childEnvironment(), encoding: 'utf8' })
    if (done.error || done.status !== 0) {
      if (!done.error) seen.push(`${name}: ${done.stderr.trim().split('\n').at(-1)}`)
      continue
    }
    const [major, minor, path = ''] = done.stdout.trim().split('\n')
    if (Number(major) === OLDEST[0] && Number(minor) >= Number(OLDEST[1])) return path
    seen.push(`${name}: ${major}.${minor}`)
  }
  const fix = 'Install Python 3.11 or newer with its venv module (Debian: apt install python3 python3-venv)'
  throw new Problem(
    `no Python ${OLDEST.join('.')} or newer with venv among ${CANDIDATES.join(', ')}`,
    fix,
    seen.join('\n'),
  )
}

/** The bootstrap environment's uv, made if it is missing or of another version. */
function ensureUv() {
  const python = pythonOf(bootstrap)
  const uv = join(dirname(python), process.platform === 'win32' ? 'uv.exe' : 'uv')
  if (existsSync(uv)) {
    const found = spawnSync(uv, ['--version'], { encoding: 'utf8' })
    if (found.status === 0 && found.stdout.startsWith(`uv ${UV_VERSION}`)) return uv
  }
  const base = findPython()
  say(`installing uv ${UV_VERSION} with ${base}`)
  rmSync(bootstrap, { recursive: true, force: true })
  run(base, ['-m', 'venv', bootstrap], 'the bootstrap environment could not be made', 'Is the venv module installed?')
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `uv==${UV_VERSION}`]
  run(
    python,
    pip,
    `uv ${UV_VERSION} could not be installed`,
    'It comes from the package registry: check the network and the pip configuration',
  )
  return uv
}

function rewriteLock() {
  const uv = ensureUv()
  say('resolving pyproject.toml')
  const all = ['--all-extras', '--group', 'server', '--group', 'dev']
  resolveInto(uv, WHOLE_LOCK, [...all, '--upgrade'])
  resolveInto(uv, BASE_LOCK, ['--group', 'server', '--upgrade', '--constraint', WHOLE_LOCK])
}

/** @param {string} uv @param {string} file @param {string[]} what */
function resolveInto(uv, file, what) {
  const form = [
    '--universal',
    '--python-version',
    OLDEST.join('.'),
    '--generate-hashes',
    '--no-header',
    '--no-emit-index-url',
    '--no-emit-find-links',
  ]
  const args = ['pip', 'compile', '--quiet', ...form, ...what, 'pyproject.toml', '--output-file', file]
  run(uv, args, 'pyproject.toml could not be resolved', 'Check its version ranges, and the network')
}

function wantedStamp() {
  const hash = createHash('sha256')
  for (const file of [lockFile, project, fileURLToPath(import.meta.url)]) hash.update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

const isMade = () =>
  existsSync(pythonOf(environment)) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wantedStamp()

function make() {
  const uv = ensureUv()
  const python = pythonOf(environment)
  if (!existsSync(python)) {
    say('making .venv')
    const args = ['venv', '--quiet', '--clear', '--python', findPython(), environment]
    run(uv, args, 'python/.venv could not be made', 'Remove the folder and try again')
  }
  rmSync(stampFile, { force: true })
  say(`installing what ${basename(lockFile)} names`)
  // Compiled now: where Python may not write, each worker would compile all that it imports.
  const sync = ['pip', 'sync', '--quiet', '--compile-bytecode', '--require-hashes', '--python', python, lockFile]
  run(
    uv,
    sync,
    `${basename(lockFile)} could not be installed`,
    'Check the network; if pyproject.toml changed, run this script with --lock',
  )
  say('installing the anabranch package, editable')
  const own = ['pip', 'install', '--quiet', '--no-deps', '--python', python, '--editable', root]
  run(uv, own, 'the anabranch package could not be installed', 'Check python/pyproject.toml')
  const compile = ['-m', 'compileall', '-q', join(root, 'src')]
  run(python, compile, 'the anabranch package could not be compiled', 'Is the folder writable?')
  writeFileSync(stampFile, wantedStamp())
}

/** One at a time: a second run waits for the first, and then finds the work done. @param {() => void} work */
function alone(work) {
  const folder = join(root, '.making')
  const holder = join(folder, 'pid')
  const deadline = performance.now() + LOCK_WAIT_MS
  for (let told = false; ; told = true) {
    try {
      mkdirSync(folder)
      break
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    if (!isHeld(holder, told)) rmSync(folder, { recursive: true, force: true })
    else if (performance.now() > deadline)
      throw new Problem('another run has not ended in 5 minutes', `Remove ${folder}`)
    else if (!told) say('waiting for another run to end')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  try {
    writeFileSync(holder, String(process.pid))
    work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} holder @param {boolean} told a holder that has not yet written its pid is given one turn */
function isHeld(holder, told) {
  if (!existsSync(holder)) return !told
  try {
    process.kill(Number(readFileSync(holder, 'utf8')), 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

const known = new Set(['--print-python', '--lock', '--extras'])
const args = new Set(process.argv.slice(2))
const lockFile = isCheckout || args.has('--extras') ? WHOLE_LOCK : BASE_LOCK
try {
  for (const arg of args)
    if (!known.has(arg)) throw new Problem(`unknown option ${arg}`, `Known: ${[...known].join(', ')}`)
  const start = performance.now()
  if (args.has('--lock')) alone(rewriteLock)
  if (isMade()) say(`unchanged (${environment})`)
  else {
    alone(() => isMade() || make())
    say(`ready in ${((performance.now() - start) / 1000).toFixed(1)} s (${environment})`)
  }
  if (args.has('--print-python')) process.stdout.write(`${pythonOf(environment)}\n`)
} catch (error) {
  say(`failed: ${error instanceof Error ? error.message : error}`)
  if (error instanceof Problem && error.tail) process.stderr.write(`${error.tail}\n`)
  process.exitCode = 1
}
