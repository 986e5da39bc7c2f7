import { clippingDetector, denoise, gain, level, silenceDetector, spectrum, vad } from '@anabranch/nodes-native'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import { clip, testNode } from '@anabranch/plugin-sdk/testing'
import t from 'tap'

/** Speech-like sound in frames of 20 ms, at the rate that a node takes. */
function frames(sampleRate: number, count = 30) {
  const length = sampleRate / 50
  return Array.from({ length: count }, (_, n) => {
    const samples = Float32Array.from({ length }, (_, i) => {
      const at = (n * length + i) / sampleRate
      return 0.4 * Math.sin(2 * Math.PI * 180 * at) * Math.sin(2 * Math.PI * 3 * at) ** 2
    })
    return { input: new AudioBuffer(samples, sampleRate) }
  })
}

const sine = [{ input: clip.sine(20) }, { input: clip.sine(20) }]
testNode(t, gain, [
  { name: 'unchanged', inputs: sine, outputs: sine.map(({ input }) => ({ output: input })) },
  { name: 'louder', params: { db: 6 }, inputs: sine },
])
testNode(t, vad, [
  { inputs: frames(16_000) },
  { name: 'by level', params: { engine: 'energy' }, inputs: frames(16_000) },
])
testNode(t, level, [{ inputs: frames(48_000) }, { params: { true_peak: true }, inputs: frames(16_000) }])
testNode(t, spectrum, [{ inputs: frames(48_000) }])
testNode(t, denoise, [{ inputs: frames(48_000) }])
testNode(t, clippingDetector, [{ inputs: frames(16_000) }])
testNode(t, silenceDetector, [{ inputs: frames(16_000) }])
