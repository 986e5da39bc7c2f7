import { addon } from '@anabranch/nodes-native'
import { AT, INPUT, OUTPUTS, STATUS, VERB } from '@anabranch/nodes-native/door'

/** A million samples: 4 MB of floats, the largest frame there is. */
const COUNT = 1_000_000
const CALLS = 20

const valueAt = (i: number) => ((i * 7919) % 65_536) - 32_768

/** µs for a million samples through FormatConverterNode in buffers that were used before; checks each kind of value. */
export function formatWork(to: 'f32' | 'i16'): { sample(): number; cleanup(): void } {
  const { doors, block } = addon
  const node = doors.create('FormatConverterNode', JSON.stringify({ to }))
  doors.prepare(node)
  const ints = Int16Array.from({ length: COUNT }, (_, i) => valueAt(i))
  const floats = Float32Array.from(ints, (s) => s / 32_768)
  const input = to === 'f32' ? ints : floats
  const output = to === 'f32' ? new Float32Array(COUNT) : new Int16Array(COUNT)
  const expected = to === 'f32' ? floats : ints
  const bytes = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  const [from, into] = [bytes(input), bytes(output)]
  // For f32 the key `output` is the first; `pcm` is the second.
  const at = to === 'f32' ? OUTPUTS : OUTPUTS + 6
  return {
    sample() {
      output.fill(0)
      const start = performance.now()
      for (let i = 0; i < CALLS; i++) {
        block[AT.inputKind] = to === 'f32' ? INPUT.pcm : INPUT.audio
        block[AT.inputSamples] = COUNT
        block[AT.rate] = 48_000
        block[AT.channels] = 1
        block[AT.dtype] = to === 'f32' ? 1 : 3
        block[AT.layout] = 0
        doors.callViews(node, VERB.execute, from, into)
      }
      const elapsed = performance.now() - start
      if (block[at] !== STATUS.inOutput) throw new Error(`the output has status ${block[at]}`)
      const wrong = output.findIndex((sample, i) => sample !== expected[i])
      if (wrong >= 0) throw new Error(`sample ${wrong} is ${output[wrong]}, expected ${expected[wrong]}`)
      return (elapsed * 1000) / CALLS
    },
    cleanup: () => doors.drop(node),
  }
}

/**
 * µs to copy so many bytes that as many are moved (6 MB are read or written), between buffers that were used before: what
 * the memory allows.
 */
export function copyWork(): () => number {
  const floats = (COUNT * 3) / 4
  const [from, to] = [new Float32Array(floats).fill(1), new Float32Array(floats)]
  return () => {
    const start = performance.now()
    for (let i = 0; i < CALLS; i++) to.set(from)
    const elapsed = performance.now() - start
    if (to[floats - 1] !== 1) throw new Error('nothing was copied')
    return (elapsed * 1000) / CALLS
  }
}
