/** How samples lie in bytes. */
export interface SampleFormat {
  readonly bytes: 1 | 2 | 3 | 4 | 8
  readonly float: boolean
}

/** Little-endian, interleaved; whole numbers of `b` bits are over 2^(b − 1), those of 8 bits are unsigned, as in wav files. */
export const F32: SampleFormat = { bytes: 4, float: true }
export const S16: SampleFormat = { bytes: 2, float: false }

/** Samples of whole bytes; what is left over is the caller's. */
export function decodeSamples(given: Uint8Array, { bytes, float }: SampleFormat): Float32Array {
  const view = new DataView(given.buffer, given.byteOffset, given.byteLength)
  const samples = new Float32Array(Math.floor(given.byteLength / bytes))
  const read = readerOf(view, bytes, float)
  for (let i = 0; i < samples.length; i++) samples[i] = read(i * bytes)
  return samples
}

function readerOf(view: DataView, bytes: SampleFormat['bytes'], float: boolean): (at: number) => number {
  if (float) return bytes === 8 ? (at) => view.getFloat64(at, true) : (at) => view.getFloat32(at, true)
  if (bytes === 1) return (at) => (view.getUint8(at) - 128) / 128
  if (bytes === 2) return (at) => view.getInt16(at, true) / 32_768
  if (bytes === 4) return (at) => view.getInt32(at, true) / 2_147_483_648
  return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608
}

/** Samples as 16 bits, rounded to the nearest and cut off at full scale, or as they are. */
export function encodeSamples(samples: Float32Array, { float }: SampleFormat): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length * (float ? 4 : 2))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] as number
    if (float) view.setFloat32(4 * i, sample, true)
    // Full scale is 32,768, one more than 16 bits hold above zero.
    else view.setInt16(2 * i, Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))), true)
  }
  return bytes
}
