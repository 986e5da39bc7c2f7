import { readFileSync } from 'node:fs'
import { ERROR_TABLE, LIMITS } from '@anabranch/plugin-sdk/host'
import t from 'tap'
import { RULES } from '#src/testing/rules.js'

const root = new URL('../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

t.test('src/contract is what generate-contract.mjs makes of contract/', async (t) => {
  const { generated } = (await import(new URL('scripts/generate-contract.mjs', root).href)) as {
    generated: Record<string, string>
  }
  t.same(Object.keys(generated).sort(), ['error-table.ts', 'frames.ts', 'limits.ts'])
  for (const [name, text] of Object.entries(generated)) t.equal(read(`src/contract/${name}`), text, name)
})

t.test('limits.json and LIMITS are equal', async (t) => {
  t.same(JSON.parse(read('contract/limits.json')), LIMITS)
})

t.test('contract.md: rules are numbered without a gap, and those that testNode checks are marked', async (t) => {
  const text = read('contract/contract.md')
  const ids = [...text.matchAll(/^- \*\*(C\d+)\*\*/gm)].map(([, id]) => id)
  t.same(
    ids,
    Array.from({ length: ids.length }, (_, n) => `C${n + 1}`),
  )
  t.ok(ids.length > 50)
  const marked = [...text.matchAll(/^- \*\*(C\d+)\*\* †/gm)].map(([, id]) => id)
  t.same(
    RULES.map(({ id }) => id),
    marked,
  )
  t.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length, 'one check each')
})

t.test('contract.md names only codes and limits that exist', async (t) => {
  const text = read('contract/contract.md')
  for (const [code] of text.matchAll(/ANB_[A-Z_]+/g)) t.ok(code in ERROR_TABLE, code)
  for (const name of ['keys_per_node', 'sample_rate_min', 'sample_rate_max', 'channels_max', 'audio_frame_bytes'])
    t.ok(text.includes(name) && name in LIMITS, name)
})
