import { drawGraph, type Manifest } from '@anabranch/runtime'
import t from 'tap'
import { graphOf } from '#src/plan-graph.js'
import { thrown } from '../coded.ts'
import { registry, withMic } from '../graph/pipelines.ts'

const node = (input: unknown, type = 'Node') => ({ type, in: { input } })
const pipeline = (nodes: object, head: object = {}) => ({ version: 'v1', ...head, nodes }) as unknown as Manifest

const captions = pipeline(
  {
    resample: node('mic', 'AudioResampleNode'),
    vad: node('resample.output', 'VADNode'),
    text: node({ from: 'resample.output', policy: 'drop-oldest', max_ms: 400 }, 'TranscribeNode'),
    words: { type: 'SplitNode', in: { input: 'text.output' } },
    show: { type: 'Screen', join: 'align', in: { speech: 'vad.output', words: 'words.list' } },
    file: node('show.output', 'FileSink'),
    raw: node('resample.output', 'WavSink'),
  },
  { inputs: { mic: { kind: 'audio' } } },
)

t.test('drawGraph: text, with branches, a join on a line of its own, keys and policies', async (t) => {
  const lines = drawGraph(captions).split('\n')
  t.same(lines, [
    '(mic) ─▶ resample ─┬─▶ vad ─▶ show.speech',
    '                   ├─ drop-oldest ─▶ text ─▶ words ─ list ─▶ show.words',
    '                   └─▶ raw',
    'show ─▶ file',
    '',
    'resample  AudioResampleNode',
    'vad       VADNode',
    'text      TranscribeNode',
    'words     SplitNode',
    'show      Screen',
    'file      FileSink',
    'raw       WavSink',
    '',
  ])
})

t.test('drawGraph: branches inside of branches', async (t) => {
  const nested = pipeline({
    s: { type: 'Source' },
    a: node('s.output'),
    b: node('a.output'),
    c: node('a.output'),
    d: node('b.output'),
    e: node('b.output'),
    f: node('s.output'),
    knob: { type: 'Gain', in: { level: 'f.output' } },
    lone: { type: 'Source' },
  })
  t.same(drawGraph(nested).split('\n').slice(0, 6), [
    's ─┬─▶ a ─┬─▶ b ─┬─▶ d',
    '   │      │      └─▶ e',
    '   │      └─▶ c',
    '   └─▶ f ─ →level ─▶ knob',
    'lone',
    '',
  ])
})

t.test('drawGraph: a long chain goes on in the next line', async (t) => {
  const nodes = Object.fromEntries(
    Array.from({ length: 1000 }, (_, n) => [`step${n}`, n === 0 ? { type: 'Source' } : node(`step${n - 1}.output`)]),
  )
  const lines = drawGraph(pipeline(nodes)).split('\n')
  const drawn = lines.slice(0, lines.indexOf(''))
  t.ok(drawn.every((line) => line.length <= 100))
  t.match(drawn[0], /^step0 ─▶ step1 ─▶ .* ─▶ step8 ─▶ step9\.input$/)
  t.match(drawn[1], /^step9 ─▶ step10/)
})

t.test('drawGraph: mermaid, whatever the names are', async (t) => {
  t.equal(
    drawGraph(captions, { format: 'mermaid' }),
    `flowchart LR
  i0(["mic"])
  n0["resample<br/>AudioResampleNode"]
  n1["vad<br/>VADNode"]
  n2["text<br/>TranscribeNode"]
  n3["words<br/>SplitNode"]
  n4["show<br/>Screen"]
  n5["file<br/>FileSink"]
  n6["raw<br/>WavSink"]
  i0 --> n0
  n0 --> n1
  n0 -->|"drop-oldest"| n2
  n2 --> n3
  n1 -->|"→speech"| n4
  n3 -->|"list→words"| n4
  n4 --> n5
  n0 --> n6
`,
  )
  const hostile = drawGraph(
    pipeline({ end: { type: '"]; click n0 "javascript:x' }, 'a<b>#`': node('end.output', '<i>') }),
    {
      format: 'mermaid',
    },
  )
  t.match(hostile, 'n0["end<br/>#34;#93;#59; click n0 #34;javascript#58;x"]')
  t.match(hostile, 'n1["a#60;b#62;#35;#96;<br/>#60;i#62;"]')
})

t.test('drawGraph: dot, whatever the names are', async (t) => {
  const drawn = drawGraph(captions, { format: 'dot' })
  t.match(drawn, /^digraph \{\n/)
  t.match(drawn, /\n {2}n\d+ -> n\d+ \[label="[^"]*drop-oldest"\]\n/)
  const hostile = drawGraph(pipeline({ a: { type: 'say "hi" \\' } as never }), { format: 'dot' })
  t.match(hostile, 'n0 [label="a\\nsay \\"hi\\" \\\\"]')
})

t.test('drawGraph: the order of inputs and nodes decides, and nothing else', async (t) => {
  for (const format of ['text', 'mermaid', 'dot'] as const)
    t.equal(drawGraph(JSON.parse(JSON.stringify(captions)), { format }), drawGraph(captions, { format }))
})

t.test('drawGraph: a checked graph says its runtimes too', async (t) => {
  const manifest = withMic({ wide: node('mic', 'Wide'), knob: node('wide.output', 'Knob') }) as never
  const { graph } = await graphOf(manifest, { registry })
  t.same(drawGraph(graph).split('\n'), [
    '(mic) ─▶ wide ─▶ knob',
    '',
    'wide  javascript  Wide',
    'knob  javascript  Knob',
    '',
  ])
  t.match(drawGraph(graph, { format: 'mermaid' }), 'n1["knob<br/>Knob, javascript"]')
})

t.test('drawGraph: what cannot be drawn is refused, what is only wrong is not', async (t) => {
  thrown('ANB_MANIFEST', () => drawGraph({} as never))
  thrown('ANB_MANIFEST', () => drawGraph(null as never))
  thrown('ANB_CYCLE', () => drawGraph(pipeline({ a: node('b.output'), b: node('a.output') })))
  t.match(drawGraph(pipeline({ a: node('gone.output') })), /^a\n/)
})
