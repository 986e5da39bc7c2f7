import { parseManifest, Registry } from '@anabranch/runtime'
import { mapNode } from '../nodes.ts'
import { scenario } from '../scenario.ts'

const plus = mapNode('Plus', (n: number) => n + 1, { purity: 'pure' })
const registry = new Registry()
  .register('Plus', plus as never)
  .register('Pass', mapNode('Pass', (n) => n, { purity: 'pure' }) as never)
const head = 'version: v1\ninputs: { mic: { kind: anything } }\nnodes:\n'

scenario('manifest: a chain of 1,024 nodes runs', async (t, stage) => {
  const chain = Array.from(
    { length: 1024 },
    (_, n) => `  n${n}: { type: Plus, in: { input: ${n === 0 ? 'mic' : `n${n - 1}.output`} } }\n`,
  )
  const executor = await stage.executor(parseManifest(head + chain.join('')), { registry }, false)
  t.equal((await executor.execute({ mic: 1 })).get('n1023.output' as never), 1025)
})

scenario('manifest: a graph of 4,096 edges runs', async (t, stage) => {
  // 16 entrances, 255 merges of 16 edges each: 16 + 255 · 16 = 4,096.
  const entrances = Array.from({ length: 16 }, (_, n) => `  e${n}: { type: Pass, in: { input: mic } }\n`)
  const all = Array.from({ length: 16 }, (_, n) => `e${n}.output`).join(', ')
  const merges = Array.from(
    { length: 255 },
    (_, n) => `  m${n}: { type: Pass, join: merge, in: { input: [${all}] } }\n`,
  )
  const manifest = parseManifest(head + entrances.join('') + merges.join(''))
  const executor = await stage.executor(manifest, { registry }, false)
  const results = await executor.execute({ mic: 7 })
  t.same(results.all('m254.output' as never), Array(16).fill(7))
  t.equal(results.keys.length, 255)
  t.equal(results.ledger.balanced, true)
  const more = parseManifest(
    `${head + entrances.join('') + merges.join('')}  last: { type: Pass, in: { input: mic } }\n`,
  )
  await t.rejects(stage.executor(more, { registry }, false), { message: /4097 edges, more than 4096/ })
})
