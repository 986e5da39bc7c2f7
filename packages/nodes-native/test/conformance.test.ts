import {
  audioResample,
  channelMix,
  chunker,
  clippingDetector,
  denoise,
  formatConverter,
  gain,
  level,
  silenceDetector,
  spectrum,
  vad,
} from '@anabranch/nodes-native'
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
testNode(t, audioResample, [
  { params: { output_rate: 16_000 }, inputs: frames(48_000) },
  { params: { input_rate: 16_000, output_rate: 44_100, quality: 'high' }, inputs: frames(16_000) },
])
testNode(t, channelMix, [
  {
    name: 'to stereo',
    params: { channels: 2 },
    inputs: [{ input: new AudioBuffer(Float32Array.of(0.5, -0.25), 16_000) }],
    outputs: [{ output: new AudioBuffer(Float32Array.of(0.5, 0.5, -0.25, -0.25), 16_000, 2) }],
  },
])
testNode(t, chunker, [
  { params: { samples: 160 }, inputs: frames(16_000) },
  { params: { ms: 7 }, inputs: frames(8000) },
])
testNode(t, formatConverter, [
  {
    name: 'i16 to audio',
    inputs: [{ input: { samples: Int16Array.of(-32_768, 0, 16_384, 32_767), sampleRate: 16_000, channels: 1 } }],
    outputs: [{ output: new AudioBuffer(Float32Array.of(-1, 0, 0.5, 32_767 / 32_768), 16_000) }],
  },
  {
    name: 'audio to i16',
    params: { to: 'i16' },
    inputs: [{ input: new AudioBuffer(Float32Array.of(-1, 1.5, 0.5, Number.NaN), 16_000) }],
    outputs: [
      {
        pcm: {
          samples: Int16Array.of(-32_768, 32_767, 16_384, 0),
          sampleRate: 16_000,
          channels: 1,
          layout: 'interleaved',
        },
      },
    ],
  },
])
testNode(t, clippingDetector, [{ inputs: frames(16_000) }])
testNode(t, silenceDetector, [{ inputs: frames(16_000) }])
