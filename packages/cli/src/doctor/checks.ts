import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import which from 'which'
import type { Io } from '../io.ts'

/** What was found of one thing that Anabranch may need. */
export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly found: string
  readonly fix?: string
}

const NODE = [20, 19] as const
const PYTHON = [3, 11] as const

/** Everything that is needed, or may be, on this machine. It looks and asks for versions, and starts nothing. */
export async function checks(env: Io['env']): Promise<Check[]> {
  const native = await nativeNodes()
  const python = await pythonNodes()
  return [
    node(),
    native,
    python,
    await programs.python(env, python.status === 'ok'),
    await programs.nats(env, python.status === 'ok'),
    await programs.cargo(env, native.status === 'ok'),
  ]
}

function node(): Check {
  const fits = atLeast(process.versions.node, NODE)
  const found = `${process.version} on ${process.platform} ${process.arch}`
  return {
    name: 'Node.js',
    status: fits ? 'ok' : 'fail',
    found,
    ...(!fits && { fix: `install Node.js ${NODE.join('.')} or newer` }),
  }
}

async function nativeNodes(): Promise<Check> {
  const { addon } = await import('@anabranch/nodes-native')
  const name = 'native nodes'
  if (addon.missing === undefined) return { name, status: 'ok', found: addon.path }
  return { name, status: 'warn', found: addon.missing.reason, fix: addon.missing.fix }
}

async function pythonNodes(): Promise<Check> {
  const { default: plugin } = await import('@anabranch/nodes-python')
  const lack = plugin.host.available()
  const name = 'Python nodes'
  if (lack === null)
    return { name, status: 'ok', found: 'an interpreter with the anabranch package, and a NATS server' }
  return { name, status: 'warn', found: lack.reason, fix: lack.fix }
}

const programs = {
  async python(env: Io['env'], spare: boolean): Promise<Check> {
    const name = 'Python'
    const version = await versionOf('python3', ['--version'], env)
    const fix = `install Python ${PYTHON.join('.')} or newer with venv, for example: apt install python3 python3-venv`
    if (version !== null && atLeast(version, PYTHON)) return { name, status: 'ok', found: version }
    const found = version === null ? 'python3 is not on PATH' : `python3 is ${version}, older than ${PYTHON.join('.')}`
    return { name, ...spared(spare, found, 'Python nodes have an interpreter of their own'), fix }
  },
  async nats(env: Io['env'], spare: boolean): Promise<Check> {
    const name = 'NATS server'
    if (env.NATS_URL) return { name, status: 'ok', found: 'NATS_URL is set' }
    const version = await versionOf('nats-server', ['--version'], env)
    if (version !== null) return { name, status: 'ok', found: version }
    const fix = 'install nats-server (https://nats.io), or set NATS_URL=nats://host:4222'
    const found = 'nats-server is not on PATH, and NATS_URL is not set'
    return { name, ...spared(spare, found, 'the one of the Python environment is used'), fix }
  },
  async cargo(env: Io['env'], spare: boolean): Promise<Check> {
    const name = 'cargo'
    const version = await versionOf('cargo', ['--version'], env)
    if (version !== null) return { name, status: 'ok', found: version }
    const fix = 'install Rust: https://rustup.rs'
    return { name, ...spared(spare, 'cargo is not on PATH', 'it is needed only to build native nodes'), fix }
  },
}

/** What is missing matters less where something else does its work. */
function spared(spare: boolean, found: string, why: string): Pick<Check, 'status' | 'found'> {
  return spare ? { status: 'warn', found: `${found}; ${why}` } : { status: 'fail', found }
}

/** The first version number that a program tells; null where it is not on PATH, or does not run. */
async function versionOf(program: string, args: readonly string[], env: Io['env']): Promise<string | null> {
  const path = await which(program, { path: env.PATH ?? '', nothrow: true })
  if (path === null) return null
  try {
    const { stdout, stderr } = await promisify(execFile)(path, args, { env: { ...env }, timeout: 5000 })
    return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? null
  } catch {
    return null
  }
}

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number)
  return a > major || (a === major && b >= minor)
}
