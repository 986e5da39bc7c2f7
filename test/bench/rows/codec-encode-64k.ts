import type { Row } from '../row.ts'

/** Of the codec, which no door of its package leads to: nobody but its own transport has a use for it. */
interface Codec {
  MessageWriter: new (
    supply: () => Buffer,
  ) => {
    readonly size: number
    begin(): void
    packet(packet: object, seq: number): void
  }
}
const CODEC = new URL('../../../../packages/nodes-python/dist/wire/message-writer.js', import.meta.url)
const BYTES = 64 * 1024

export const row: Row = {
  name: 'codec_encode_64k',
  about: 'a packet with 64 KB of float32 as msgpack, written into a buffer that is used again',
  unit: 'µs',
  limit: 1.5,
  warmups: 3,
  async prepare({ quick }) {
    const { MessageWriter } = (await import(CODEC.href)) as Codec
    const count = quick ? 5000 : 50_000
    const input = Float32Array.from({ length: BYTES / 4 }, (_, at) => at)
    const bytes = new Uint8Array(input.buffer)
    const buffer = Buffer.alloc(BYTES + 256)
    const writer = new MessageWriter(() => buffer)
    const packet = { kind: 0, attempt: 1, epoch: 0, flags: 0, pts: 20_000, rest: null, values: { input }, of: 0 }
    const write = (seq: number) => {
      writer.begin()
      writer.packet(packet, seq)
      return writer.size
    }
    // The copy alone goes to the same place: where it begins decides how quick it is.
    const place = write(count) - 1 - BYTES
    const timed = (work: (n: number) => number) => () => {
      buffer.fill(0)
      const start = performance.now()
      let end = 0
      for (let n = 1; n <= count; n++) end = work(n)
      const elapsed = performance.now() - start
      const payload = buffer.subarray(0, end).indexOf(Buffer.from(bytes.buffer, 4, 64)) - 4
      if (payload < 0 || !buffer.subarray(payload, payload + BYTES).equals(bytes)) throw new Error('not what was given')
      return (elapsed * 1000) / count
    }
    return {
      ours: timed(write),
      baseline: {
        name: 'memcpy into a used buffer',
        sample: timed(() => {
          buffer.set(bytes, place)
          return place + BYTES
        }),
      },
    }
  },
}
