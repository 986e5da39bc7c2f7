import { fileURLToPath } from 'node:url'
import t from 'tap'
import { loadDraft, parseDraft } from '#src/index.js'

t.test('what is no pipeline yet is read as it is: nothing is checked but its syntax, nothing filled in', async (t) => {
  t.same(parseDraft(`nodes: { a: { type: 3, in: { input: } } }\nplugins: ["\${env:X}"]\n`), {
    nodes: { a: { type: 3, in: { input: null } } },
    plugins: [`\${env:X}`],
  })
  t.same(parseDraft('[1]', { file: 'x.json' }), [1])
  t.match(await loadDraft(fileURLToPath(new URL('../../package.json', import.meta.url))), {
    name: '@anabranch/runtime',
  })
})

t.test('what is no YAML is told with its place, and so is what is no file', async (t) => {
  t.throws(() => parseDraft('nodes: { a: [ }'), { code: 'ANB_MANIFEST', issues: [{ line: 1 }] })
  t.throws(() => parseDraft(`${'['.repeat(2000)}`), { code: 'ANB_MANIFEST', message: /nested deeper/ })
  await t.rejects(loadDraft('no-such-file.yaml'), { code: 'ANB_MANIFEST', message: /there is no file/ })
  await t.rejects(loadDraft('.'), { code: 'ANB_MANIFEST', message: /is no file/ })
})
