// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a pipeline, not of a template

import { defineNode, text } from '@anabranch/plugin-sdk'
import { convert, createExecutor, definePipeline, parseManifest, stringifyManifest } from '@anabranch/runtime'
import t from 'tap'
import { z } from 'zod'
import { thrown } from '../coded.ts'

const speak = defineNode({
  type: 'Speak',
  summary: 'Says it.',
  purity: 'pure',
  params: z.object({ voice: z.string().default('low'), note: z.unknown().optional() }),
  inputs: { input: text },
  outputs: { output: text, log: text },
  create: ({ voice }) => ({ execute: ({ input }) => ({ output: `${voice}: ${input}`, log: input }) }),
})

const inCode = definePipeline({
  metadata: { name: 'talk', description: 'Two voices' },
  mode: 'realtime',
  inputs: { line: text },
  nodes: {
    low: { type: speak, in: { input: 'line' } },
    high: {
      type: speak,
      params: { voice: 'high' },
      runtime_hint: 'javascript',
      retry: { max_retries: 2 },
      in: { input: { from: 'low.log', policy: 'drop-oldest', max: 8 } },
    },
    both: { type: speak, join: 'merge', in: { input: ['low.output', { from: 'high.output', max_ms: 5.5 }] } },
  },
})

const asMap = `version: v1
metadata: { name: talk, description: Two voices }
mode: realtime
inputs: { line: { kind: text } }
nodes:
  low: { type: Speak, in: { input: line } }
  high:
    type: Speak
    params: { voice: high }
    runtime_hint: javascript
    retry: { max_retries: 2 }
    in: { input: { from: low.log, policy: drop-oldest, max: 8 } }
  both: { type: Speak, join: merge, in: { input: [low.output, { from: high.output, max_ms: 5.5 }] } }
`

const asList = `version: v1
metadata: { name: talk, description: Two voices }
mode: realtime
inputs: { line: { kind: text } }
nodes:
  - { id: low, node_type: Speak }
  - { id: high, type: Speak, params: { voice: high }, runtime_hint: typescript, retry: { max_attempts: 2 } }
  - { id: both, type: Speak, join: merge }
connections:
  - { from: line, to: low }
  - { from: low, output_key: log, to: high, input_key: input, policy: drop-oldest, max: 8 }
  - { from: low.output, to: both.input }
  - { from: high, to: both, max_ms: 5.5 }
`

t.test('manifest: map form, list form and code are one object', async (t) => {
  const map = parseManifest(asMap)
  t.same(map, inCode)
  t.same(Object.keys(map.nodes), ['low', 'high', 'both'])
  t.same(parseManifest(asList), inCode)
  t.same(parseManifest(JSON.stringify(inCode), { file: 'talk.json' }), inCode)
  t.same(JSON.parse(JSON.stringify(map)), map, 'nothing rides along that is seen')
})

t.test('manifest: code to YAML and back is the same', async (t) => {
  const written = stringifyManifest(inCode)
  t.same(parseManifest(written), inCode)
  t.equal(stringifyManifest(parseManifest(written)), written)
  t.match(written, /^version: v1\nmetadata:\n {2}name: talk/)
})

t.test('manifest: what is read can run, with the nodes of a registry or of code', async (t) => {
  const { Registry } = await import('@anabranch/runtime')
  const registry = new Registry().register('Speak', speak as never)
  const executor = await createExecutor(parseManifest(asList), { registry })
  const results = await executor.execute({ line: 'hello' })
  t.same([...results.all('both.output' as never)].sort(), ['low: high: hello', 'low: low: hello'])
  await executor.close()
})

t.test('manifest: texts that look like something else survive being written', async (t) => {
  const note = [
    'no',
    '012',
    '1e999',
    '${env:HOME}',
    '$${x}',
    '${',
    'a: b',
    '# x',
    '',
    ' ',
    '*a',
    '!!x',
    'é\n\t"',
    '<<',
    null,
    -0.5,
    [true, { deep: 1 }],
  ]
  const pipeline = definePipeline({
    inputs: { line: text },
    nodes: { a: { type: speak, params: { note }, in: { input: 'line' } } },
  })
  t.same(parseManifest(stringifyManifest(pipeline)), pipeline)
  const shared = { x: 1 }
  const twice = definePipeline({
    inputs: { line: text },
    nodes: { a: { type: speak, params: { note: [shared, shared] }, in: { input: 'line' } } },
  })
  t.same(parseManifest(stringifyManifest(twice)), twice)
})

t.test('manifest: what is no plain data cannot be written', async (t) => {
  for (const note of [() => 1, new Date(0), Symbol('x'), 1n])
    t.match(
      thrown('ANB_MANIFEST', () =>
        stringifyManifest(
          definePipeline({
            inputs: { line: text },
            nodes: { a: { type: speak, params: { note }, in: { input: 'line' } } },
          }),
        ),
      ),
      { issues: [{ path: 'nodes.a.params.note', message: /no plain data/ }], fix: /texts, numbers/ },
    )
})

t.test('convert: the first draft becomes the map form', async (t) => {
  const draft = (edges: string) => `version: v1
metadata: { name: draft }
nodes:
  - id: mic
    node_type: AudioFileSource
    params: { path: '\${param:input}' }
    runtime_hint: auto
  - { id: gain, node_type: GainNode, runtime_hint: rust_native }
  - { id: text, node_type: TranscribeNode, runtime_hint: cpython, retry: { max_attempts: 2 } }
${edges}`
  const wanted = `version: v1
metadata:
  name: draft
nodes:
  mic:
    type: AudioFileSource
    params:
      path: \${param:input}
    runtime_hint: auto
  gain:
    type: GainNode
    runtime_hint: native
    in:
      input: mic.output
  text:
    type: TranscribeNode
    runtime_hint: python
    retry:
      max_retries: 2
    in:
      audio: gain.output
`
  const sort = (yaml: string) => yaml.split('\n').sort()
  for (const edges of [
    'connections:\n  - { from: mic, to: gain }\n  - { from: gain, to: text, input_key: audio }\n',
    'edges:\n  - { from: mic, to: gain }\n  - { from: gain, output_key: output, to: text, input_key: audio }\n',
    'edges:\n  - { source: mic, target: gain }\n  - { source: gain, target: text, input_key: audio }\n',
  ]) {
    const converted = convert(draft(edges))
    t.same(sort(converted), sort(wanted))
    t.equal(convert(converted), converted, 'what is converted stays')
  }
  t.match(
    thrown('ANB_MANIFEST', () => convert(draft('edges:\n  - { source: mic, traget: gain }\n'), { file: 'old.yaml' }))
      .issues,
    [{ message: /has no to/ }, { file: 'old.yaml', line: 11, column: 20, message: /unknown edge option "traget"/ }],
  )
  t.match(convert('nodes: [{ id: a, node_type: X }]'), /^version: v1\nnodes:\n {2}a:/)
})
