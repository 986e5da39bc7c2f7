import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AudioBuffer, sharedAudio } from '@anabranch/plugin-sdk'

const file = join(import.meta.dirname, '..', '..', '..', 'examples', 'three-runtimes', 'data', 'austen-16k.wav')
const sampleRate = 16_000

/** Seven seconds of read speech, mono, as 16 bit samples. */
function speechSamples(): Int16Array {
  const bytes = readFileSync(file)
  const data = bytes.indexOf('data', 12, 'latin1')
  const length = bytes.readUInt32LE(data + 4)
  const samples = new Int16Array(length / 2)
  for (let i = 0; i < samples.length; i += 1) samples[i] = bytes.readInt16LE(data + 8 + 2 * i)
  return samples
}

/** The speech in frames of 20 ms in shared memory; the last one may be shorter. */
export function speechFrames(): AudioBuffer[] {
  const samples = speechSamples()
  const length = sampleRate / 50
  const frames: AudioBuffer[] = []
  for (let start = 0; start < samples.length; start += length) {
    const part = samples.subarray(start, start + length)
    const frame = sharedAudio(part.length, sampleRate)
    part.forEach((sample, i) => {
      frame.samples[i] = sample / 32_768
    })
    frames.push(frame)
  }
  return frames
}
