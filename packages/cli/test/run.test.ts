import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { command, lastLine } from './command.ts'
import { folderOf, root } from './files.ts'

const recording = join(root, 'examples', 'three-runtimes', 'data', 'austen-16k.wav')

const words = `version: v1
metadata: { name: words }
plugins: ['@anabranch/runtime/nodes']
inputs: { rows: { kind: anything } }
nodes:
  big: { type: FilterNode, params: { expression: 'value > 1.0' }, in: { input: rows } }
  twice: { type: MapNode, params: { expression: 'value * 2.0' }, in: { input: big.output } }
`
const sound = `version: v1
plugins: ['@anabranch/nodes-native']
inputs: { mic: { kind: audio, format: { sampleRate: 16000, channels: 1 } } }
nodes: { pass: { type: GainNode, params: { db: 0 }, in: { input: mic } } }
`
const levels = `version: v1
metadata: { name: levels }
plugins: ['@anabranch/nodes-native', '@anabranch/runtime/nodes']
nodes:
  mic: { type: AudioFileSource, params: { path: ${recording} } }
  level: { type: LevelNode, params: { window_ms: 1000 }, in: { input: mic.output } }
  loud: { type: MapNode, params: { expression: value.end_ms }, in: { input: level.level } }
`

test('run: values of final nodes on stdout, the graph and the ledger on stderr', async (t) => {
  const path = folderOf(t, { 'p.yaml': words })('p.yaml')
  const { code, out, err } = await command(['run', path, '-i', '-'], { stdin: '1.0\n2.0\n\n3.5\n' })
  t.equal(code, 0, err)
  t.equal(out, '4\n7\n')
  t.match(err, /^words\n\n\(rows\) ─▶ big ─▶ twice\n/)
  t.match(
    err,
    /\n✓ accounted for 3 of 3: 2 delivered, 1 filtered, balanced\n {2}slowest [\s\S]*ran {5}big, twice: javascript in this process\n/,
  )
  t.match(await command(['run', path, '-i', '-', '-q'], { stdin: '2.0\n' }), { code: 0, out: '4\n', err: '' })
})

test('run --json: lines for outputs, and all that there is to tell in the last', async (t) => {
  const path = folderOf(t, { 'p.yaml': words })('p.yaml')
  const { code, out, err } = await command(['run', path, '-i', '-', '--json'], { stdin: '1.0\n2.0\n' })
  t.equal(code, 0)
  t.equal(err, '')
  const lines = out.trimEnd().split('\n')
  t.match(JSON.parse(lines[0] as string), { output: 'twice.output', pts_ms: Number, value: 4 })
  t.equal(lines.length, 2)
  const result = lastLine(out)
  t.same(result.ledger, {
    accepted: 2,
    delivered: 1,
    filtered: 1,
    dropped: 0,
    cancelled: 0,
    dead_lettered: 0,
    failed: 0,
    in_flight: 0,
    balanced: true,
    dropped_by: {},
  })
  t.match(result, {
    status: 'ok',
    total_time_ms: Number,
    latency_ms: { count: 1, p50: Number },
    nodes: { big: { where: 'inline', runtime: 'javascript', taken: 2, filtered: 1 }, twice: { taken: 1 } },
    edges: { '(inputs).rows -> big.input': { pushed: 2 }, 'big.output -> twice.input': { pushed: 1 } },
    outputs: { 'twice.output': { count: 1 } },
    slowest_path: { steps: [{ node: 'big' }, { node: 'twice' }] },
  })
})

test('run: a failing node: exit 1, the error with its fix, and the books', async (t) => {
  const path = folderOf(t, { 'p.yaml': words })('p.yaml')
  const plain = await command(['run', path, '-i', '-'], { stdin: '"text"\n' })
  t.equal(plain.code, 1)
  t.match(
    plain.err,
    /✗ accounted for 1 of 1: 1 failed, balanced[\s\S]*\nANB_INPUTS node "big": the expression cannot be/,
  )
  t.notMatch(plain.err, /\n {4}at /, 'no stack')
  const json = lastLine((await command(['run', path, '-i', '-', '--json'], { stdin: '"text"\n' })).out)
  t.match(json, { status: 'failed', error: { code: /^ANB_/, node: 'big' }, ledger: { failed: 1, balanced: true } })
  t.match(await command(['run', path, '-i', '-'], { stdin: '{\n' }), { code: 1, err: /ANB_INPUTS stdin:1 is no JSON/ })
})

test('run: what cannot run is refused before anything starts', async (t) => {
  const path = folderOf(t, { 'p.yaml': words, 'bad.yaml': words.replace('MapNode', 'MpNode'), 'levels.yaml': levels })
  const invalid = await command(['run', path('bad.yaml'), '-i', '-', '--json'])
  t.match(invalid, { code: 3, err: /did you mean "MapNode"/ })
  t.match(lastLine(invalid.out), { status: 'invalid', problems: [{ code: 'ANB_NODE_NOT_FOUND', line: 7 }] })
  for (const [args, err] of [
    [[], /nothing feeds the input rows of this pipeline\n {2}fix: add -i FILE; - is stdin/],
    [['-i', 'row=-'], /no input "row"; did you mean "rows"\?/],
    [['-i', '-', '-o', 'twise.output=x'], /no output "twise\.output"; did you mean "twice\.output"\?/],
    [['-i', '-', '-i', 'rows=x'], /-i names rows twice/],
    [['-i', '-', '--input-format', 'mp3'], /Allowed choices are f32le/],
    [['-i', '-', '--for', '10'], /write a number and ms, s, m or h/],
    [
      ['-i', '-', '--watch'],
      /ANB_NOT_AVAILABLE --watch has nothing to watch: no node .* by its path\n {2}fix: list a file under plugins/,
    ],
    [['-i', '-', '--speed', '2'], /unknown option '--speed'/],
  ] as const)
    t.match(await command(['run', path('p.yaml'), ...args]), { code: 2, out: '', err }, args.join(' '))
  t.match(await command(['run', path('levels.yaml'), '-i', '-']), { code: 2, err: /this pipeline has no input/ })
  t.match(await command(['run', '-', '-i', '-'], { stdin: words }), {
    code: 2,
    err: /stdin cannot be the pipeline and/,
  })
  t.match(await command(['run', path('none.yaml')]), { code: 3, err: /there is no file/ })
})

test('run -i -o: sound passes exactly, raw and as wav, from stdin and from files', async (t) => {
  const path = folderOf(t, { 'p.yaml': sound })
  const wav = readFileSync(recording)
  const raw = wav.subarray(44)
  const filter = (stdin: Uint8Array, ...args: string[]) =>
    run(['run', path('p.yaml'), '-i', '-', '-o', '-', ...args], stdin)
  t.ok((await filter(raw, '--input-format', 's16le')).equals(raw), 's16le as it came')
  const floats = Buffer.from(Float32Array.from({ length: 33_333 }, (_, n) => Math.sin(n / 7) / 3).buffer)
  t.ok((await filter(floats)).equals(floats), 'f32le where nothing else is said')
  const out = await filter(wav)
  t.ok(out.subarray(44).equals(raw), 'a wav stream is known by its first bytes')
  t.equal(out.toString('latin1', 0, 4), 'RIFF')
  t.match(await command(['run', path('p.yaml'), '-i', recording, '-o', path('out.wav')]), { code: 0 })
  t.ok(readFileSync(path('out.wav')).equals(wav), 'a file has its sizes in the header')
  // The odd byte belongs to half a sample.
  const half = await command(['run', path('p.yaml'), '-i', '-', '-o', '-', '--input-format', 's16le'], {
    stdin: raw.subarray(0, 999),
  })
  t.match(half, { code: 1, err: /ANB_AUDIO_FORMAT stdin ends inside of a sample: / })
  t.match(await command(['run', path('p.yaml'), '-i', '-', '-o', '-', '--input-format', 'wav'], { stdin: raw }), {
    code: 1,
    err: /ANB_AUDIO_FORMAT stdin is not a wav stream\n {2}fix: /,
  })
  t.match(await command(['run', path('p.yaml'), '-i', path('none.raw')]), {
    code: 1,
    err: /none\.raw cannot be read: there is no such file/,
  })
  t.match(await command(['run', path('p.yaml'), '-i', recording, '-o', path('no/where.wav')]), {
    code: 1,
    err: /cannot be written: ENOENT/,
  })
})

test('run: progress along a recording, the files and how fast it was', async (t) => {
  const path = folderOf(t, { 'p.yaml': levels })
  const target = path('loud.txt')
  const { code, err } = await command(['run', path('p.yaml'), '-o', `loud.output=${target}`])
  t.equal(code, 0, err)
  t.match(err, /accounted for 355 of 355/)
  t.ok(err.includes(`files   ${target} (`), err)
  t.match(err, /took {4}[\d.]+ m?s, \d+ × real time/)
  t.equal(readFileSync(target, 'utf8').trim().split('\n').length, 8, 'seven seconds and the rest')
  t.ok(existsSync(target))
})

test('run --for: stops, and what is on its way is finished', async (t) => {
  const path = folderOf(t, { 'p.yaml': levels })('p.yaml')
  const result = lastLine((await command(['run', path, '--pace', 'realtime', '--for', '300ms', '--json'])).out)
  t.match(result, { status: 'ok', ledger: { in_flight: 0, balanced: true } })
  t.ok((result.media_ms as number) < 7000, 'it did not play to its end')
})

/** The bytes on stdout. */
async function run(args: readonly string[], stdin: Uint8Array): Promise<Buffer> {
  const { code, bytes, err } = await command(args, { stdin })
  if (code !== 0) throw new Error(err)
  return bytes
}
