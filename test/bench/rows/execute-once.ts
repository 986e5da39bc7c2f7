import { createExecutor, type Manifest, Registry } from '@anabranch/runtime'
import type { Row } from '../row.ts'
import { chain5, fused } from './engine-work.ts'

export const row: Row = {
  name: 'execute_once',
  about: 'a warm one-shot run of 5 nodes: open, send, end, collect',
  unit: 'µs',
  limit: 100,
  async prepare({ quick }) {
    const runs = quick ? 1000 : 3000
    const nodes = chain5()
    const registry = new Registry()
    for (const node of nodes) registry.register(node.spec.type, node as never)
    const manifest = {
      version: 'v1',
      inputs: { x: { kind: 'anything' } },
      nodes: Object.fromEntries(
        nodes.map((node, at) => [
          node.spec.type,
          { type: node.spec.type, in: { input: at === 0 ? 'x' : `Step${at - 1}.output` } },
        ]),
      ),
    } as Manifest
    const executor = await createExecutor(manifest, { registry })
    const run = async () => {
      for (let i = 0; i < runs; i++) {
        const result = await executor.execute({ x: i })
        if (result.get('output') !== fused(i)) throw new Error(`${i} gave ${String(result.get('output'))}`)
      }
    }
    await run()
    return {
      ours: async () => {
        const start = performance.now()
        await run()
        return ((performance.now() - start) * 1000) / runs
      },
      baseline: null,
      cleanup: () => executor.close(),
    }
  },
}
