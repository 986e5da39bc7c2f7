import { anything, defineNode } from '@anabranch/plugin-sdk'
import { parseManifest, Registry, validate } from '@anabranch/runtime'
import type { Row } from '../row.ts'

const step = defineNode({
  type: 'Step',
  summary: 'One of a thousand.',
  purity: 'pure',
  params: { '~standard': { version: 1, vendor: 'bench', validate: (value: unknown) => ({ value }) } },
  inputs: { input: anything },
  outputs: { output: anything },
  create: () => ({ execute: ({ input }) => ({ output: input }) }),
})

/** A thousand nodes as a person would write them, ten side by side; every fourth has options of edge and node. */
function text(): string {
  const node = (n: number) => {
    const from = n < 10 ? 'x' : `node${n - 10}.output`
    const plain = n % 4 !== 0
    const input = plain ? from : `{ from: ${from}, policy: drop-oldest, max: 8 }`
    return `  node${n}: { type: Step, params: { by: ${n} }, in: { input: ${input} }${plain ? '' : ', retry: { max_retries: 2 }'} }\n`
  }
  const head =
    'version: v1\ninputs: { x: { kind: anything } }\nparams: { name: { type: string, default: step } }\nnodes:\n'
  return head + Array.from({ length: 1000 }, (_, n) => node(n)).join('')
}

export const row: Row = {
  name: 'manifest_1000_nodes',
  about: 'reading and checking a warm pipeline of 1,000 nodes in YAML',
  unit: 'ms',
  limit: 150,
  async prepare({ quick }) {
    const registry = new Registry().register('Step', step as never)
    const yaml = text()
    const once = async () => {
      const { ok, problems } = await validate(parseManifest(yaml, { env: {} }), { registry })
      if (!ok) throw new Error(problems[0]?.message)
    }
    for (let n = 0; n < (quick ? 2 : 5); n++) await once()
    return {
      ours: async () => {
        const start = performance.now()
        await once()
        return performance.now() - start
      },
      baseline: null,
    }
  },
}
