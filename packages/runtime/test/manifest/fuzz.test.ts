// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a pipeline, not of a template
import { isAnabranchError } from '@anabranch/plugin-sdk'
import { convert, formatIssues, parseManifest } from '@anabranch/runtime'
import fc from 'fast-check'
import t from 'tap'

const whole = `version: v1
metadata: { name: x }
params: { rate: { type: number, default: 1 } }
inputs: { mic: { kind: audio, format: { channels: 1 } } }
nodes:
  a: { type: X, params: { r: '\${param:rate}' }, in: { input: { from: mic, max: 3 } }, retry: { max_retries: 1 } }
  b:
    type: Y
    in:
      input: [a.output, { from: mic, policy: latest }]
connections:
  - { from: a, to: b, output_key: more }
profiles: { prod: { mode: realtime } }
`
const scraps = [
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '\n',
  '  ',
  '? ',
  '&a ',
  '*a',
  '!!x ',
  '<<: ',
  '"',
  "'",
  '|\n',
  '#',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '${',
  '${env:A}',
  '${param:rate}',
  '\t',
  '__proto__: ',
  'constructor',
  'null',
  '.nan',
  '1e999',
  '012',
  'use: x',
  'nodes',
  '\0',
  '\uD800',
  'é',
  ',',
  'in: ',
  'type: ',
  '- id: a',
]

t.test('manifest: whatever the text, it is read or refused with codes, lines and fixes', async (t) => {
  const edits = fc.array(
    fc.record({ at: fc.nat(whole.length), drop: fc.nat(12), put: fc.constantFrom('', ...scraps) }),
    { minLength: 1, maxLength: 4 },
  )
  let refused = 0
  fc.assert(
    fc.property(edits, fc.constantFrom('yaml' as const, 'json' as const), (drawn, format) => {
      const text = drawn.reduce((made, { at, drop, put }) => made.slice(0, at) + put + made.slice(at + drop), whole)
      for (const run of [() => parseManifest(text, { env: {}, format, profile: 'prod' }), () => convert(text)])
        try {
          run()
        } catch (error) {
          if (!isAnabranchError(error) || error.code !== 'ANB_MANIFEST') throw error
          refused++
          const lines = text.split('\n').length
          for (const { line = 0, column = 0, fix, message } of error.issues)
            if (line < 1 || line > lines || column < 1 || !fix || message === '') throw error
          formatIssues(error)
        }
    }),
    { numRuns: 400, seed: 11 },
  )
  t.ok(refused > 200, `${refused} refused`)
})
