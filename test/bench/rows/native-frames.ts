import type { AudioBuffer, NodeExecutor } from '@anabranch/plugin-sdk'
import {
  createPool,
  type FrameLender,
  frameOf,
  LENDER,
  publishAudio,
  recordBody,
  releaseAudio,
  standaloneContext,
} from '@anabranch/plugin-sdk/host'

/** A native node with frames of a pool, as a graph would call it. */
export function nodeOnFrames(node: NodeExecutor) {
  const pool = createPool()
  const made: AudioBuffer[] = []
  const lender: FrameLender = {
    pool,
    made: (buffer) => {
      made.push(buffer)
      return buffer
    },
  }
  const context = Object.assign(standaloneContext('bench'), { [LENDER]: lender })
  const body = recordBody(node)
  // A call of over 200 µs would go to another thread: what is measured is the work.
  body.place?.('inline')
  return {
    /** A frame for reading, filled by `f`. */
    frame(length: number, rate: number, f: (i: number) => number): AudioBuffer {
      const buffer = pool.audio(length, rate)
      for (let i = 0; i < length; i++) buffer.samples[i] = f(i)
      publishAudio(buffer)
      if (frameOf(buffer) === null) throw new Error('it found no room in the pool')
      return buffer
    },
    /** One call; the outputs are seen by `see`, then given back. */
    call(input: AudioBuffer, see: (outputs: Readonly<Record<string, unknown>>) => void): void {
      const result = body.execute?.({ input }, context) as Iterable<never> | Record<string, unknown> | undefined
      if (result !== undefined && result !== null)
        if (Symbol.iterator in result) for (const outputs of result) see(outputs)
        else see(result as Record<string, unknown>)
      while (made.length > 0) releaseAudio(made.pop() as AudioBuffer)
    },
    async cleanup() {
      await node.cleanup?.()
      pool.close()
    },
  }
}
