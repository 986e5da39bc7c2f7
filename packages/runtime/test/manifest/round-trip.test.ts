import { anything, defineNode } from '@anabranch/plugin-sdk'
import { definePipeline, type Manifest, parseManifest, stringifyManifest } from '@anabranch/runtime'
import fc from 'fast-check'
import t from 'tap'

const node = defineNode({
  type: 'Any',
  summary: 'Any.',
  inputs: { left: anything.optional(), right: anything.optional() },
  outputs: { output: anything },
  create: () => ({ execute: () => undefined as never }),
})

const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const params = fc.dictionary(
  fc.stringMatching(/^[a-z$ #:-][a-z_ :.-]{0,8}$/).filter((key) => key !== 'constructor' && key !== '__proto__'),
  fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })),
  { maxKeys: 4, noNullPrototype: true },
)
const bounds = fc.record(
  {
    policy: fc.constantFrom('block', 'drop-oldest', 'latest'),
    max: fc.integer({ min: 1, max: 99 }),
    best_effort: fc.boolean(),
  },
  { requiredKeys: [] },
)
const options = fc.record(
  {
    params,
    on_error: fc.constantFrom('fail', 'skip', 'dead-letter'),
    timeout_ms: fc.integer({ min: 1, max: 9999 }),
    retry: fc.record({ max_retries: fc.integer({ min: 0, max: 9 }), jitter: fc.boolean() }, { requiredKeys: [] }),
    runtime_hint: fc.constantFrom('auto', 'native', 'python', 'javascript'),
  },
  { requiredKeys: [] },
)
const wire = fc.record({ from: fc.nat(), bounds: fc.option(bounds, { nil: undefined }) })
const graph = fc.array(
  fc.record({ options, left: fc.option(wire, { nil: undefined }), right: fc.option(wire, { nil: undefined }) }),
  { minLength: 1, maxLength: 12 },
)

type Wire = { from: number; bounds?: object | undefined } | undefined
const edge = (given: Wire, at: number) => {
  if (given === undefined) return undefined
  const from = at === 0 || given.from % (at + 1) === at ? 'mic' : `n${given.from % at}.output`
  return given.bounds === undefined || Object.keys(given.bounds).length === 0 ? from : { from, ...given.bounds }
}

const withNodes = (manifest: Manifest) => ({
  ...manifest,
  inputs: { mic: anything },
  nodes: Object.fromEntries(Object.entries(manifest.nodes).map(([id, each]) => [id, { ...each, type: node }])),
})

/** The list form; texts are escaped, since only the writer of YAML does that by itself. */
const asList = ({ nodes, ...head }: Manifest) => ({
  ...head,
  nodes: Object.entries(nodes).map(([id, { in: _, ...rest }]) => ({ id, ...(escaped(rest) as object) })),
  connections: Object.entries(nodes).flatMap(([to, { in: wires = {} }]) =>
    Object.entries(wires).map(([input_key, source]) => ({
      ...(typeof source === 'string' ? { from: source } : (source as object)),
      to,
      input_key,
    })),
  ),
})

const escaped = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.replace(/\$(?=\{[^{}]*\})/g, '$$$$')
    : Array.isArray(value)
      ? value.map(escaped)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, escaped(each)]))
        : value

/** Key by key, in the same order. */
function same(found: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (one !== other) throw new Error(`${one} is not ${other}`)
}

t.test('manifest: any graph is the same in code, as map, as list and as JSON', async (t) => {
  fc.assert(
    fc.property(graph, (drawn) => {
      const nodes = Object.fromEntries(
        drawn.map(({ options, left, right }, at) => {
          const wires = Object.entries({ left: edge(left, at), right: edge(right, at) }).filter(
            ([, each]) => each !== undefined,
          )
          return [`n${at}`, { type: node, ...options, ...(wires.length > 0 && { in: Object.fromEntries(wires) }) }]
        }),
      )
      const pipeline = definePipeline({ inputs: { mic: anything }, nodes } as never) as Manifest
      const plain = JSON.parse(JSON.stringify(pipeline)) as Manifest
      const read = parseManifest(stringifyManifest(pipeline), { env: {} })
      same(read, plain)
      same(definePipeline(withNodes(read) as never), plain)
      same(parseManifest(JSON.stringify(asList(plain)), { env: {}, format: 'yaml' }), plain)
    }),
    { numRuns: 150, seed: 5 },
  )
  t.pass('150 graphs')
})
