import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { harness, testNode } from '@anabranch/plugin-sdk/testing'
import { stdinSource, stdoutSink } from '@anabranch/runtime/nodes'
import t, { test } from 'tap'
import { rejected } from '../coded.ts'

const program = fileURLToPath(new URL('programs/standard-streams.js', import.meta.url))

testNode(t, stdinSource, [{ params: { format: 'bytes' }, inputs: [] }])
testNode(t, stdoutSink, [{ params: { format: 'json' }, inputs: [], outputs: [] }])

/** Runs the program; `input: null` leaves standard input open. */
async function run(args: readonly string[], input: readonly (string | Buffer)[] | null) {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'pipe' })
  const out: Buffer[] = []
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  for (const chunk of input ?? []) child.stdin.write(chunk)
  if (input !== null) child.stdin.end()
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  child.stdin.destroy()
  return {
    code,
    out: Buffer.concat(out),
    ledger: JSON.parse(Buffer.concat(said).toString()) as Record<string, unknown>,
  }
}

test('lines of text go through', async (t) => {
  const text = Buffer.from('one\ntwo é\n\nfour')
  const { code, out, ledger } = await run(['lines'], [text.subarray(0, 9), text.subarray(9)])
  t.equal(code, 0)
  t.equal(String(out), 'one\ntwo é\n\nfour\n')
  t.match(ledger, { balanced: true, accepted: 4, delivered: 4 })
})

test('JSON goes through; a bad line is one failed item', async (t) => {
  const { code, out, ledger } = await run(['json'], ['{"a": 1}\nnope\n\n[2]\n'])
  t.equal(code, 0)
  t.equal(String(out), '{"a":1}\n[2]\n')
  t.match(ledger, { balanced: true, accepted: 3, delivered: 2, failed: 1 })
})

test('bytes go through, more than any buffer holds', async (t) => {
  const bytes = Buffer.alloc(3_000_000, 'anabranch')
  const { code, out, ledger } = await run(['bytes'], [bytes])
  t.equal(code, 0)
  t.ok(out.equals(bytes))
  t.match(ledger, { balanced: true })
})

test('a session that is closed lets the process end, though standard input stays open', async (t) => {
  const { code, ledger } = await run(['lines', '200'], null)
  t.equal(code, 0)
  t.match(ledger, { balanced: true, accepted: 0 })
})

test('StdoutSink: what is no text or no bytes is refused', async (t) => {
  for (const [format, input] of [
    ['lines', { a: 1 }],
    ['bytes', 'text'],
  ] as const) {
    const node = await harness(stdoutSink, { format })
    t.teardown(() => node.close())
    await rejected('ANB_INPUTS', node.push({ input }))
  }
  t.pass('both')
})
