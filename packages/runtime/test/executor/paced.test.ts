import { AudioBuffer, audio, defineNode, text } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { scenario } from '../scenario.ts'

/** Frames of 20 ms at 16 kHz, each beside a word. */
const player = defineNode({
  type: 'Player',
  summary: 'Plays silence.',
  outputs: { output: audio, word: text },
  create: () => ({
    *source() {
      yield { word: 'first' }
      for (let n = 0; n < 3; n++) yield { output: new AudioBuffer(new Float32Array(320), 16_000), word: `${n}` }
    },
  }),
})
const pipeline = definePipeline({ nodes: { play: { type: player } } })

scenario('pace: realtime: a frame comes when its last sample is due, what is no audio at once', async (t, stage) => {
  const session = await (await stage.executor(pipeline, { pace: 'realtime' })).open()
  const came: [string, number][] = []
  session.outputs.subscribe(({ from }) => came.push([from, Math.round(stage.clock.now())]))
  const ended = session.end()
  await stage.clock.advance(100)
  t.match(await ended, { accepted: 4, delivered: 4, balanced: true })
  t.same(came, [
    ['play.word', 0],
    ...[20, 40, 60].flatMap((ms) => [
      ['play.output', ms],
      ['play.word', ms],
    ]),
  ])
})

scenario('pace: realtime: a source that waits for its time is stopped at once', async (t, stage) => {
  const session = await (await stage.executor(pipeline, { pace: 'realtime' })).open()
  session.outputs.subscribe(() => undefined)
  await stage.clock.advance(30)
  const ledger = await session.close()
  t.equal(stage.clock.now(), 30)
  t.match(ledger, { in_flight: 0, balanced: true })
})

scenario('metrics: a source says how far in its audio it is', async (t, stage) => {
  const executor = await stage.executor(pipeline, { pace: 'realtime' })
  const session = await executor.open()
  session.outputs.subscribe(() => undefined)
  await stage.clock.advance(45)
  t.equal(executor.metrics().nodes.play?.position_us, 40_000)
  const ended = session.end()
  await stage.clock.advance(45)
  await ended
  t.equal(executor.metrics().nodes.play?.position_us, 60_000, 'after the end too')
})
