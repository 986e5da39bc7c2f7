import { readFileSync, writeFileSync } from 'node:fs'

/** A wav file of 16 bit samples with the plain header of 44 bytes, field by field. */
export interface PlainWav {
  readonly marks: string
  readonly riffSize: number
  readonly format: number
  readonly channels: number
  readonly sampleRate: number
  readonly byteRate: number
  readonly blockAlign: number
  readonly bits: number
  readonly dataSize: number
  readonly fileSize: number
  readonly samples: Int16Array
}

export function readPlainWav(path: string): PlainWav {
  const bytes = readFileSync(path)
  return {
    marks: [0, 8, 12, 36].map((at) => bytes.toString('latin1', at, at + 4)).join(''),
    riffSize: bytes.readUInt32LE(4),
    format: bytes.readUInt16LE(20),
    channels: bytes.readUInt16LE(22),
    sampleRate: bytes.readUInt32LE(24),
    byteRate: bytes.readUInt32LE(28),
    blockAlign: bytes.readUInt16LE(32),
    bits: bytes.readUInt16LE(34),
    dataSize: bytes.readUInt32LE(40),
    fileSize: bytes.length,
    samples: Int16Array.from({ length: (bytes.length - 44) / 2 }, (_, i) => bytes.readInt16LE(44 + 2 * i)),
  }
}

/** Writes a recording several times over into a new file. */
export function writeRepeated(from: string, to: string, times: number): void {
  const bytes = readFileSync(from)
  const data = bytes.subarray(44)
  const head = Buffer.from(bytes.subarray(0, 44))
  head.writeUInt32LE(36 + times * data.length, 4)
  head.writeUInt32LE(times * data.length, 40)
  writeFileSync(to, Buffer.concat([head, ...Array.from({ length: times }, () => data)]))
}

/** The highest sample of a wav file of 16 bits or of floats, after a header of 44 bytes or a longer one. */
export function peakOf(file: string): number {
  const bytes = readFileSync(file)
  const start = bytes.indexOf('data') + 8
  const float = bytes.readUInt16LE(20) === 3
  let peak = 0
  for (let at = start; at + 2 <= bytes.length; at += float ? 4 : 2)
    peak = Math.max(peak, Math.abs(float ? bytes.readFloatLE(at) : bytes.readInt16LE(at) / 32_768))
  return peak
}
