import { AudioBuffer } from '@anabranch/plugin-sdk'
import { createExecutor, loadPlugins, parseManifest, Registry, validate } from '@anabranch/runtime'
import type { Test } from 'tap'

/** Holds a node `OlderGainNode`, in whatever language, to what a pipeline is promised of params of an older version. */
export async function olderParams(t: Test, plugin: string): Promise<void> {
  const registry = new Registry(await loadPlugins([plugin], { importMs: 0 }))
  const pipeline = (params: string, version: number, type = 'OlderGainNode') =>
    parseManifest(
      `version: v1
inputs: { mic: { kind: audio } }
nodes:
  g: { type: ${type}, params: ${params}, params_version: ${version}, in: { input: mic } }
`,
      { file: 'pipeline.yaml', env: {} },
    )
  for (const [params, version] of [
    ['{ gain: 20 }', 3],
    ['{ db: 20 }', 2],
    ['{ factor: 10 }', 1],
  ] as const) {
    const executor = await createExecutor(pipeline(params, version), { registry })
    const results = await executor.execute({ mic: new AudioBuffer(Float32Array.of(0.05), 48_000) } as never)
    const { samples } = results.get('g.output' as never) as unknown as AudioBuffer
    t.ok(Math.abs((samples[0] ?? 0) - 0.5) < 1e-6, `${params} of version ${version}: ${samples[0]}`)
    await executor.close()
  }
  const problems = async (...of: Parameters<typeof pipeline>) =>
    (await validate(pipeline(...of), { registry })).problems
  for (const [params, version, message, fix] of [
    [
      '{ gain: 4 }',
      4,
      /version 4 of "OlderGainNode".*, which is there in version 3/,
      /install a plugin that has version 4/,
    ],
    ['{ factor: 0 }', 1, /version 1 .* cannot be migrated to version 3: .*a factor of 0/, String],
  ] as const)
    t.match(await problems(params, version), [{ code: 'ANB_PLUGIN', file: 'pipeline.yaml', line: 4, message, fix }])
  t.match(
    await problems('{ db: loud }', 2),
    [{ code: 'ANB_PARAMS', path: 'nodes.g.params.gain' }],
    'what comes is checked',
  )
}
