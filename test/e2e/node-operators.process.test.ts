import { gain } from '@anabranch/nodes-native'
import { createPythonPlugin } from '@anabranch/nodes-python'
import { type AudioBuffer, audio, defineNode, type NodeRef, nodeOperator } from '@anabranch/plugin-sdk'
import { from, lastValueFrom, type OperatorFunction, toArray } from 'rxjs'
import { test } from 'tap'
import { speechFrames } from './speech.ts'
import { newMark, processesLeft } from './traces.ts'

const invert = defineNode({
  type: 'InvertNode',
  summary: 'Turns the samples over.',
  inputs: { input: audio },
  outputs: { output: audio },
  create: () => ({ execute: ({ input }) => ({ output: input.map((sample) => -sample) }) }),
})

const gainDb = 9
const drive = 2

/** What the three nodes do to a sample, in one line of JavaScript. */
const expected = (sample: number) => Math.tanh(drive * -sample * 10 ** (gainDb / 20))

test('speech goes through a TypeScript, a Rust and a Python node in one RxJS pipe', async (t) => {
  const mark = newMark()
  process.env[mark.name] = mark.value
  const python = createPythonPlugin()
  t.teardown(() => python.close())
  const softClip = python.nodes.find(({ spec }) => spec.type === 'SoftClipNode') as NodeRef
  const frames = speechFrames()

  const found = await lastValueFrom(
    from(frames).pipe(
      nodeOperator(invert),
      nodeOperator(gain, { db: gainDb }),
      nodeOperator(softClip, { drive }) as OperatorFunction<AudioBuffer, AudioBuffer>,
      toArray(),
    ),
  )

  t.equal(found.length, frames.length)
  let worst = 0
  frames.forEach((frame, i) => {
    const samples = found[i]?.samples ?? []
    if (samples.length !== frame.samples.length) throw new Error(`frame ${i} has ${samples.length} samples`)
    frame.samples.forEach((sample, j) => {
      worst = Math.max(worst, Math.abs((samples[j] as number) - expected(sample)))
    })
  })
  t.ok(worst < 1e-6, `the largest difference to the formula is ${worst}`)
  t.ok(
    found.some(({ samples }) => samples.some((sample) => Math.abs(sample) > 0.5)),
    'it is not silence',
  )

  await python.close()
  t.same(await processesLeft(mark), [], 'no process is left')
})
