import { readFileSync } from 'node:fs'
import { addon } from '@anabranch/nodes-native'
import { test } from 'tap'

/** What a formatter may change. */
const bare = (text: string) => text.replaceAll(/[\s;,()|]/g, '')

test('the types of the built-in nodes are those that the addon describes', async (t) => {
  const file = new URL('../src/builtin-nodes.ts', import.meta.url)
  const script = new URL('../scripts/generate-nodes.mjs', import.meta.url)
  const { builtinNodes } = (await import(script.href)) as { builtinNodes(nodes: unknown): string }
  t.equal(bare(readFileSync(file, 'utf8')), bare(builtinNodes(addon.nodes)), 'run scripts/generate-nodes.mjs')
})
