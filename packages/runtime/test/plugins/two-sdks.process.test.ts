import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AudioBuffer, audio, defineNode, InvalidInputsError, number } from '@anabranch/plugin-sdk'
import { createExecutor, type DeadLetter, type Manifest, Registry } from '@anabranch/runtime'
import t from 'tap'

const sdk = dirname(dirname(fileURLToPath(import.meta.resolve('@anabranch/plugin-sdk'))))

/** A third party's plugin, with an SDK of its own beside it. */
const plugin = `import { AudioBuffer, audio, defineNode, definePlugin, InvalidInputsError, number } from '@anabranch/plugin-sdk'
const tone = defineNode({
  type: 'ToneNode',
  summary: 'Samples of one value.',
  inputs: { input: number },
  outputs: { output: audio },
  create: () => ({
    execute({ input }, context) {
      if (input > 1) throw new InvalidInputsError('too loud', { key: 'input', fix: 'give at most 1' })
      const made = input < 0 ? new AudioBuffer(new Float32Array(4), 16000) : context.audio(4, 16000)
      made.samples.fill(input)
      return { output: made }
    },
  }),
})
export const sdk = AudioBuffer
export default definePlugin({ name: 'tone', apiVersion: 1, nodes: [tone] })
`

t.test('a plugin with an SDK of its own works beside ours: values, frames, errors', async (t) => {
  // Inside the package, so that what the SDK needs is found.
  const folder = mkdtempSync(fileURLToPath(new URL('../two-sdks-', import.meta.url)))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const own = join(folder, 'node_modules', '@anabranch', 'plugin-sdk')
  mkdirSync(own, { recursive: true })
  for (const part of ['package.json', 'dist']) cpSync(join(sdk, part), join(own, part), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'tone.js'), plugin)
  const theirs = (await import(join(folder, 'tone.js'))) as { sdk: unknown }
  t.not(theirs.sdk, AudioBuffer, 'there are two')

  const sum = defineNode({
    type: 'SumNode',
    summary: 'The sum of its samples.',
    inputs: { input: audio },
    outputs: { output: number },
    create: () => ({ execute: ({ input }) => ({ output: input.samples.reduce((sum, sample) => sum + sample, 0) }) }),
  })
  const pipeline = {
    version: 'v1',
    plugins: ['./tone.js'],
    inputs: { given: { kind: 'number' } },
    nodes: {
      tone: { type: 'ToneNode', in: { input: 'given' }, on_error: 'dead-letter' },
      sum: { type: 'SumNode', in: { input: 'tone.output' } },
    },
  } as unknown as Manifest
  const letters: DeadLetter[] = []
  const executor = await createExecutor(pipeline, {
    from: folder,
    importMs: 0,
    registry: new Registry().register('SumNode', sum),
    onDeadLetter: (letter) => letters.push(letter),
  })
  const session = await executor.open()
  const got: unknown[] = []
  session.outputs.subscribe(({ value }) => got.push(value))
  for (const given of [0.5, -0.25, 2, 1]) await session.send({ given } as never)
  t.match(await session.end(), { accepted: 4, delivered: 3, dead_lettered: 1, balanced: true })
  t.same(got, [2, -1, 4])
  t.ok(letters[0]?.error instanceof InvalidInputsError)
  t.match(letters[0]?.error, { code: 'ANB_INPUTS', nodeId: 'tone', fix: 'give at most 1' })
  t.same(executor.frames()?.leased, [], 'its frames came back to our pool')
  await executor.close()
})
