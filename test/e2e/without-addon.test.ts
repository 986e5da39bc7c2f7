import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as here from '@anabranch/nodes-native'
import { AudioBuffer, audio, describeNode, isAnabranchError } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, Registry, validate } from '@anabranch/runtime'
import t, { type Test } from 'tap'

/** The package as it is where no addon was built and none is installed. */
async function withoutAddon(t: Test): Promise<typeof here> {
  const from = fileURLToPath(new URL('../../../packages/nodes-native', import.meta.url))
  const folder = t.testdir({ 'package.json': '{ "type": "module", "version": "0.1.0" }' })
  for (const name of ['dist', 'descriptions.json']) cpSync(join(from, name), join(folder, name), { recursive: true })
  return import(pathToFileURL(join(folder, 'dist', 'index.js')).href)
}

/** Known by its name alone, as in a pipeline file: the registry finds what runs it. */
const named = (type: string) =>
  describeNode({ type, summary: 'Elsewhere.', inputs: { input: audio }, outputs: { output: audio } })

const pipeline = (type: string, runtime_hint: 'auto' | 'native' | 'javascript' = 'auto') =>
  definePipeline({
    metadata: { name: 'louder' },
    inputs: { mic: audio },
    nodes: { louder: { type: named(type), runtime_hint, in: { input: 'mic' } } },
  })

/** Where it looked, in words. */
const LOOKED = new RegExp(
  `^there is no native addon for ${process.platform}-${process.arch}: the package @anabranch/nodes-native-linux-.*-gnu ` +
    'is not installed, and there is no file at .*/prebuilt/.*/anabranch.node$',
)
/** How to get it, both ways. */
const FIX = /npm install @anabranch\/nodes-native-linux-.*@0\.1\.0.* or build it from source with `npm run build:native/

async function refusal(registry: Registry, type: string, hint: 'auto' | 'native') {
  const error = await createExecutor(pipeline(type, hint), { registry }).then(
    () => new Error('it was made'),
    (reason: unknown) => reason,
  )
  if (!isAnabranchError(error)) throw error
  return error
}

const frame = new AudioBuffer(Float32Array.of(0.25, -0.5), 16_000)

t.test('without an addon the package is imported, and auto chooses JavaScript and says why', async (t) => {
  const { plugin, gain, addon } = await withoutAddon(t)
  t.match(addon.missing, { reason: LOOKED, fix: FIX })
  t.equal(gain.runtime, 'javascript')
  const registry = new Registry([plugin])
  const { runtime, passedOver } = registry.resolve('GainNode')
  t.equal(runtime, 'javascript')
  t.match(passedOver, [{ runtime: 'native', reason: LOOKED, lacking: true }])
  t.match(await validate(pipeline('GainNode'), { registry }), {
    ok: true,
    steppedIn: [{ node: 'louder', runtime: 'javascript', passedOver: [{ runtime: 'native', reason: LOOKED }] }],
  })
  const lines: unknown[] = []
  const executor = await createExecutor(pipeline('GainNode'), { registry, log: logTo(lines) })
  const results = await executor.execute({ mic: frame })
  t.same((results.get('output') as AudioBuffer).samples, frame.samples)
  t.match(lines, [[{ node: 'louder' }, { passed_over: [{ runtime: 'native', reason: LOOKED }] }, 'runs in javascript']])
  await executor.close()
})

t.test('without an addon, what is native alone is refused when the pipeline is checked', async (t) => {
  const { plugin, vad } = await withoutAddon(t)
  const registry = new Registry([plugin])
  for (const [type, hint] of [
    ['VADNode', 'auto'],
    ['VADNode', 'native'],
    ['GainNode', 'native'],
  ] as const) {
    const error = await refusal(registry, type, hint)
    t.match(error, {
      code: 'ANB_NOT_AVAILABLE',
      nodeId: 'louder',
      fix: FIX,
      message: /native: there is no native addon/,
    })
  }
  t.match((await refusal(registry, 'GainNode', 'native')).fix, /or it is there as javascript: leave runtime_hint out$/)
  t.throws(() => vad.create(), { code: 'ANB_NOT_AVAILABLE', message: LOOKED })
  t.throws(() => vad.create({ threshold: 2 }), { code: 'ANB_PARAMS' }, 'wrong params are known all the same')
})

t.test('with the addon auto chooses native, and no other runtime stepped in', async (t) => {
  const registry = new Registry([here.plugin])
  t.match(registry.resolve('GainNode'), { runtime: 'native', passedOver: [] })
  t.equal(registry.resolve('GainNode', 'javascript').runtime, 'javascript')
  t.same((await validate(pipeline('GainNode'), { registry })).steppedIn, [])
  const lines: unknown[] = []
  await (await createExecutor(pipeline('GainNode'), { registry, log: logTo(lines) })).close()
  t.same(lines, [])
})

t.test('the JavaScript gain writes over a frame in place only where nobody else reads it', async (t) => {
  const registry = new Registry([here.plugin])
  const gain = named('GainNode')
  const twin = { type: gain, runtime_hint: 'javascript' } as const
  for (const shared of [true, false]) {
    const executor = await createExecutor(
      definePipeline({
        inputs: { mic: audio },
        nodes: {
          first: { ...twin, in: { input: 'mic' } },
          louder: { ...twin, params: { db: 20, in_place: true }, in: { input: 'first.output' } },
          ...(shared && { beside: { ...twin, in: { input: 'first.output' } } }),
        },
      } as never),
      { registry },
    )
    const results = await executor.execute({ mic: frame })
    t.same(samplesAt(results, 'louder.output'), [2.5, -5])
    if (shared) t.same(samplesAt(results, 'beside.output'), [0.25, -0.5])
    t.same([...frame.samples], [0.25, -0.5])
    // Alone, it needs no frame of its own.
    t.equal(executor.frames()?.pooled, shared ? 3 : 1)
    await executor.close()
  }
})

function samplesAt(results: { get(key: string): unknown }, key: string): number[] {
  return [...(results.get(key) as AudioBuffer).samples]
}

/** A logger that keeps every line with what it is bound to. */
function logTo(lines: unknown[]): never {
  const write = (bindings: object) => (fields: object, message: string) => void lines.push([bindings, fields, message])
  const child = (bindings: object) => ({
    debug: write(bindings),
    info: write(bindings),
    warn: write(bindings),
    error: write(bindings),
  })
  return { child } as never
}
