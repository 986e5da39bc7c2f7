const RATE = 16_000

/** One second of 440 Hz at a quarter of full scale, or `db` more, as a wav file: 16 bits, mono, 16 kHz. */
export function sineWav(db = 0): Buffer {
  const samples = Int16Array.from({ length: RATE }, (_, n) =>
    Math.round(0.25 * 10 ** (db / 20) * 32_767 * Math.sin((2 * Math.PI * 440 * n) / RATE)),
  )
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + samples.byteLength, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(RATE, 24)
  header.writeUInt32LE(2 * RATE, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(samples.byteLength, 40)
  return Buffer.concat([header, Buffer.from(samples.buffer)])
}
