import { readFileSync } from 'node:fs'
import { addon } from '@anabranch/nodes-native'
import { test } from 'tap'

/** What a formatter may change. */
const bare = (text: string) => text.replaceAll(/[\s;,()|]/g, '')

test('the types of the built-in nodes are those that the addon describes', async (t) => {
  const script = new URL('../scripts/generate-nodes.mjs', import.meta.url)
  const { builtinNodes } = (await import(script.href)) as {
    builtinNodes(nodes: unknown): Record<string, string>
  }
  for (const [name, text] of Object.entries(builtinNodes(addon.nodes))) {
    const written = readFileSync(new URL(`../src/${name}`, import.meta.url), 'utf8')
    t.equal(bare(written), bare(text), `${name}: run scripts/generate-nodes.mjs`)
  }
})
