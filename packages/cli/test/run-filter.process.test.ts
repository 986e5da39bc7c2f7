import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Test, test } from 'tap'
import { folderOf } from './files.ts'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

const sound = `version: v1
plugins: ['@anabranch/nodes-native']
inputs: { mic: { kind: audio, format: { sampleRate: 16000, channels: 1 } } }
nodes: { pass: { type: GainNode, params: { db: 0 }, in: { input: mic } } }
`
const ticks = `version: v1
plugins: ['@anabranch/runtime/nodes']
nodes: { ticks: { type: TimerSource, params: { interval_ms: 5 } }, said: { type: TapNode, params: { every: 1000000 }, in: { input: ticks.output } } }
`

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; signal: string | null; err: string }>
}

function run(t: Test, text: string, ...args: string[]): Running {
  const path = folderOf(t, { 'p.yaml': text })('p.yaml')
  const child = spawn(process.execPath, [program, 'run', path, ...args], { stdio: 'pipe' })
  t.teardown(() => child.kill('SIGKILL'))
  child.stdin.on('error', () => undefined) // It may end before it has read everything.
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const ended = new Promise<{ code: number | null; signal: string | null; err: string }>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, err })),
  )
  return { child, ended }
}

const gone = (pid: number) => {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

test('a filter gives its first output before the input ends', async (t) => {
  const { child, ended } = run(t, sound, '-i', '-', '-o', '-')
  const frame = Buffer.from(new Float32Array(320).fill(0.25).buffer)
  child.stdin?.write(frame)
  const [first] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  t.ok(first.equals(frame), 'nothing else was written, and stdin is open')
  child.stdin?.end(frame)
  const [second] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  t.ok(second.equals(frame))
  t.match(await ended, { code: 0, err: '' })
})

test('a filter whose reader does not read stops reading, in bounded memory; TERM drains it', async (t) => {
  const { child, ended } = run(t, sound, '-i', '-', '-o', '-')
  const block = Buffer.alloc(256 * 1024)
  let written = 0
  let taken = 0
  const began = once(child.stdout as NodeJS.ReadableStream, 'readable')
  child.stdin?.write(Buffer.alloc(1280))
  await began
  // Until one write has waited for a second: a pipe that is read takes a block in far less.
  await new Promise<void>((resolve) => {
    const write = () => {
      const waited = setTimeout(resolve, 1000)
      written++
      child.stdin?.write(block, (error) => {
        clearTimeout(waited)
        if (error) return resolve()
        taken++
        write()
      })
    }
    write()
  })
  t.ok(taken * block.length < 64 * 1024 * 1024, `${taken} of ${written} blocks were taken`)
  const [, rss] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
  t.ok(Number(rss) < 250 * 1024, `${rss} KiB`)
  child.kill('SIGTERM')
  let bytes = 0
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  const { code, err } = await ended
  t.equal(code, 0)
  const [, accepted] = /accounted for ([\d,]+) of \1: \1 delivered, balanced/.exec(err) ?? []
  t.equal(bytes, Number(accepted?.replaceAll(',', '')) * 320 * 4, `what was accepted came out: ${err}`)
})

test('a filter whose reader goes away ends quietly', async (t) => {
  const { child, ended } = run(t, sound, '-i', '-', '-o', '-')
  child.stdin?.write(Buffer.alloc(1024 * 1024))
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  child.stdout?.destroy()
  // Its input is still open.
  t.match(await ended, { code: 0, signal: null, err: '' })
})

test('one Ctrl-C drains and prints the ledger; nothing is left', async (t) => {
  const { child, ended } = run(t, ticks)
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  child.kill('SIGINT')
  const { code, err } = await ended
  t.equal(code, 0)
  t.match(
    err,
    /stopping: what is on its way is finished; Ctrl-C again gives it up\n\n✓ accounted for (\d+) of \1: \1 delivered, balanced\n/,
  )
  t.ok(gone(child.pid as number))
})

const deaf = `import { anything, defineNode, definePlugin } from '@anabranch/plugin-sdk'
const node = defineNode({
  type: 'DeafNode', summary: 'Never answers.', inputs: { input: anything }, outputs: { output: anything },
  create: () => ({ execute: (_, context) => { context.log.info('it has begun'); return new Promise(() => {}) } }),
})
export default definePlugin({ name: 'deaf', apiVersion: 1, nodes: [node] })
`

test('two Ctrl-C stop what does not listen, with 130', async (t) => {
  const path = folderOf(t, { 'deaf.mjs': deaf })('deaf.mjs')
  const text = `version: v1\nplugins: ['@anabranch/runtime/nodes', ${path}]\nnodes: { ticks: { type: TimerSource, params: { interval_ms: 5 } }, deaf: { type: DeafNode, in: { input: ticks.output } } }\n`
  const { child, ended } = run(t, text)
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      let all = ''
      child.stderr?.on('data', (chunk) => {
        all += chunk
        if (all.includes(text)) resolve()
      })
    })
  await said('it has begun')
  const stopping = said('stopping')
  child.kill('SIGINT')
  await stopping
  child.kill('SIGINT')
  const { code, err } = await ended
  t.equal(code, 130, err)
  t.match(err, /given up\n\n! accounted for (\d+) of \1: .*cancelled/)
})

test('a plugin that ends the process, waits forever or loops when it is imported is told', async (t) => {
  for (const [code, name, what] of [
    ['process.exit(0)', 'exits.mjs', 'ended the process when it was imported \\(exit code 0\\)'],
    ['await new Promise(() => {})', 'waits.mjs', 'waits forever at its top level'],
    ['for (;;);', 'loops.mjs', 'did not come back from its import within 10000 ms'],
  ] as const) {
    const path = folderOf(t, { [name]: code })(name)
    const { ended } = run(t, `version: v1\nplugins: [${path}]\nnodes: { a: { type: A } }\n`)
    const { code: exit, err } = await ended
    t.match(err, new RegExp(`ANB_PLUGIN .*p\\.yaml:2:\\d+ plugin ".*${name}" .*${what}`))
    t.match(err, /\n {2}fix: /)
    t.equal(exit, 3, code)
  }
})
