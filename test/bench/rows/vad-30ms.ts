import { vad } from '@anabranch/nodes-native'
import type { Row } from '../row.ts'
import { nodeOnFrames } from './native-frames.ts'

const FRAMES = 2000

/** The neural engine; every frame of 480 samples holds one or two of its own of 256. */
export const row: Row = {
  name: 'vad_30ms',
  about: 'VADNode on 30 ms at 16 kHz, the neural engine',
  unit: 'µs/frame',
  limit: 20,
  warmups: 2,
  prepare() {
    const node = nodeOnFrames(vad.create({}))
    const input = node.frame(480, 16_000, (i) => 0.3 * Math.sin(i / 5) + 0.1 * Math.sin(i / 1.7))
    return {
      ours: () => {
        let probabilities = 0
        const start = performance.now()
        for (let i = 0; i < FRAMES; i++)
          node.call(input, ({ probability }) => {
            if (probability !== undefined) probabilities++
          })
        const elapsed = performance.now() - start
        if (Math.abs(probabilities - (FRAMES * 480) / 256) > 2) throw new Error(`${probabilities} probabilities`)
        return (elapsed * 1000) / FRAMES
      },
      baseline: null,
      cleanup: node.cleanup,
    }
  },
}
