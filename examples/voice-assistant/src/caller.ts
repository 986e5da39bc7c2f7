import { setTimeout } from 'node:timers/promises'
import { audioFileSource } from '@anabranch/nodes-native'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'

const RATE = 48_000
const FRAME_MS = 20

/** What somebody says, from a recording, and what is waited for in silence before the next of it. */
export interface Turn {
  readonly start_ms: number
  readonly end_ms: number
  readonly until: () => boolean
}

/** A microphone into which a recording is spoken turn by turn: with silence in between, as long as the other one talks. */
export async function* caller(path: string, turns: readonly Turn[]): AsyncGenerator<AudioBuffer> {
  for (const { start_ms, end_ms, until } of turns) {
    yield* spoken(path, start_ms, end_ms)
    while (!until()) {
      await setTimeout(FRAME_MS)
      yield new AudioBuffer(new Float32Array((RATE * FRAME_MS) / 1000), RATE)
    }
  }
}

async function* spoken(path: string, start_ms: number, end_ms: number): AsyncGenerator<AudioBuffer> {
  const file = { type: audioFileSource, params: { path, start_ms, end_ms, frame_ms: FRAME_MS } }
  const executor = await createExecutor(definePipeline({ nodes: { file } }))
  try {
    const session = await executor.open()
    for await (const { from, value } of session.outputs) if (from === 'file.output') yield (value as AudioBuffer).copy()
    await session.end()
  } finally {
    await executor.close()
  }
}
