import { readFileSync } from 'node:fs'
import { type Manifest, type ManifestEdge, type ManifestNode, manifestSchema, parseManifest } from '@anabranch/runtime'
import { Ajv } from 'ajv'
import t from 'tap'
import { AJV_OPTIONS } from '#src/manifest/check-schema.js'

const root = new URL('../../', import.meta.url)
type Keys = { readonly properties: Readonly<Record<string, unknown>> }
type Required<T> = { readonly [K in keyof T]-?: true }

// The compiler holds these to the types: a key that is added to one must be added here.
const head: Required<Manifest> = {
  version: true,
  metadata: true,
  plugins: true,
  alias: true,
  params: true,
  mode: true,
  inputs: true,
  nodes: true,
}
const edge: Required<ManifestEdge> = { policy: true, max: true, max_ms: true, max_bytes: true, best_effort: true }
const node: Required<ManifestNode> = {
  type: true,
  params: true,
  params_version: true,
  in: true,
  runtime_hint: true,
  join: true,
  trigger: true,
  tolerance_ms: true,
  late: true,
  timeout_ms: true,
  total_timeout_ms: true,
  on_error: true,
  retry: true,
  breaker: true,
  placement: true,
}
const retry: Required<NonNullable<ManifestNode['retry']>> = {
  max_retries: true,
  base_ms: true,
  cap_ms: true,
  jitter: true,
}
const breaker: Required<NonNullable<ManifestNode['breaker']>> = { failures: true, cooldown_ms: true }

const schema = manifestSchema() as unknown as Keys & {
  properties: { nodes: { else: { additionalProperties: { else: Keys } } } }
  definitions: { edge: Keys }
}
const keys = (each: unknown) => Object.keys((each as Keys).properties).sort()

t.test('manifest: schema and types have the same keys', async (t) => {
  const nodeSchema = schema.properties.nodes.else.additionalProperties.else
  t.same(keys(schema), [...Object.keys(head), '$schema', 'connections', 'outputs', 'profiles'].sort())
  t.same(keys(schema.definitions.edge), [...Object.keys(edge), 'from'].sort())
  t.same(keys(nodeSchema), Object.keys(node).sort())
  t.same(keys(nodeSchema.properties.retry), [...Object.keys(retry), 'max_attempts'].sort())
  t.same(keys(nodeSchema.properties.breaker), Object.keys(breaker).sort())
})

t.test('manifest: the schema is a JSON Schema of draft-07, plain data', async (t) => {
  t.equal((manifestSchema() as { $schema: string }).$schema, 'http://json-schema.org/draft-07/schema#')
  t.same(JSON.parse(JSON.stringify(manifestSchema())), manifestSchema())
  t.equal(new Ajv({ strict: false }).validateSchema(manifestSchema()), true)
})

t.test('generated/manifest-check.cjs is what generate-manifest-check.mjs makes of the schema', async (t) => {
  const { manifestCheck } = (await import(new URL('scripts/generate-manifest-check.mjs', root).href)) as {
    manifestCheck(schema: object, options: object): string
  }
  const written = readFileSync(new URL('generated/manifest-check.cjs', root), 'utf8')
  t.ok(written === manifestCheck(manifestSchema(), AJV_OPTIONS), 'run scripts/generate-manifest-check.mjs')
})

t.test('docs/manifest.md is what generate-manifest-doc.mjs makes of the schema', async (t) => {
  const { generated } = (await import(new URL('scripts/generate-manifest-doc.mjs', root).href)) as {
    generated(): string
  }
  t.equal(readFileSync(new URL('../../docs/manifest.md', root), 'utf8'), generated())
})

t.test('docs/manifest.md: its pipelines are read', async (t) => {
  const doc = readFileSync(new URL('../../docs/manifest.md', root), 'utf8')
  const blocks = [...doc.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text as string)
  t.equal(blocks.length, 2)
  const [map, list] = blocks.map((text) =>
    parseManifest(text, { env: {}, ...(text.includes('profiles') && { profile: 'prod' }) }),
  )
  t.match(map, { mode: 'realtime', nodes: { text: { params: { lang: 'en', key: 'none' } } } })
  t.same(Object.keys(list?.nodes ?? {}), ['resample', 'text'])
})
