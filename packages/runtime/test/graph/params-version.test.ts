import { anything, defineNode, definePlugin } from '@anabranch/plugin-sdk'
import { createExecutor, type Manifest, parseManifest, Registry, validate } from '@anabranch/runtime'
import t from 'tap'
import { z } from 'zod'
import { rejected, thrown } from '../coded.ts'

/** Version 3: `gain` in dB. Version 2 had `db`, version 1 a `factor`. */
const gain = (migrate: boolean) =>
  definePlugin({
    name: 'gain',
    apiVersion: 1,
    nodes: [
      defineNode({
        type: 'Gain',
        summary: 'Says its params.',
        params: z.object({ gain: z.number() }),
        version: 3,
        outputs: { output: anything },
        create: ({ gain }) => ({
          *source() {
            yield { output: gain }
          },
        }),
        ...(migrate && {
          migrate(params: Readonly<Record<string, unknown>>, from: number) {
            const { db, factor } = params as { db: number; factor: number }
            if (from === 2) return { gain: db }
            if (factor <= 0) throw new RangeError('a factor of 0 is no gain')
            return { gain: 20 * Math.log10(factor) }
          },
        }),
      }),
    ],
  })

const pipeline = (params: string, version: number | string) =>
  parseManifest(`version: v1\nnodes:\n  g: { type: Gain, params: ${params}, params_version: ${version} }\n`, {
    file: 'pipeline.yaml',
    env: {},
  })
const run = async (manifest: Manifest, migrate = true) => {
  const executor = await createExecutor(manifest, { registry: new Registry([gain(migrate)]) })
  try {
    return (await executor.execute()).get('g.output' as never)
  } finally {
    await executor.close()
  }
}

t.test('params_version: older params are migrated before they are parsed', async (t) => {
  t.equal(await run(pipeline('{ gain: 4 }', 3)), 4)
  t.equal(await run(pipeline('{ db: 5 }', 2)), 5)
  t.equal(await run(pipeline('{ factor: 10 }', 1)), 20)
  const given = { db: 6 }
  const written = { version: 'v1', nodes: { g: { type: 'Gain', params: given, params_version: 2 } } } as const
  t.equal(await run(written), 6)
  t.same(given, { db: 6 }, 'what was written stays as it was')
})

t.test('params_version: what does not fit is refused before anything starts: have, need, who, fix', async (t) => {
  for (const [params, version, migrate, message, fix] of [
    ['{ gain: 4 }', 4, true, /version 4 of "Gain", which is there in version 3/, /install a plugin that has version 4/],
    ['{ db: 4 }', 2, false, /version 2 of "Gain", .* in version 3 and has no migrate\(\)/, /anabranch inspect Gain/],
    ['{ factor: 0 }', 1, true, /version 1 .* cannot be migrated to version 3: a factor of 0/, /write them anew/],
  ] as const) {
    const registry = new Registry([gain(migrate)])
    const { problems } = await validate(pipeline(params, version), { registry })
    t.match(problems, [{ code: 'ANB_PLUGIN', file: 'pipeline.yaml', line: 3, message, fix }])
    t.match((await rejected('ANB_PLUGIN', run(pipeline(params, version), migrate))).message, message)
  }
  t.match((await rejected('ANB_PARAMS', run(pipeline('{ db: "loud" }', 2)))).message, /gain/)
  for (const version of [0, 1.5, -1, '"2"', 'null']) t.throws(() => pipeline('{}', version), { code: 'ANB_MANIFEST' })
})

t.test('version: of a spec, it is a whole number from 1', async (t) => {
  for (const version of [0, 1.5, '2', Number.NaN] as number[]) {
    const error = thrown('ANB_PLUGIN', () =>
      defineNode({ type: 'X', summary: 'x', version, create: () => ({ execute() {} }) }),
    )
    t.match(error.message, /node type "X": version/)
  }
})
