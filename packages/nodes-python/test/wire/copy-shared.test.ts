import { test } from 'tap'
import { copyShared } from '#src/wire/copy-shared.js'

const SIZES = [0, 1, 7, 8, 100, 3840, 16_384, 16_385, 50_001]

test('the bytes are the same, whatever is shared and wherever it begins, and no others are touched', async (t) => {
  for (const sharedSource of [true, false])
    for (const sharedTarget of [true, false])
      for (const size of SIZES)
        for (const [from, to] of [0, 1, 4, 7].flatMap((from) => [0, 3, 8].map((to) => [from, to] as const))) {
          const memory = (shared: boolean) =>
            new Uint8Array(shared ? new SharedArrayBuffer(60_000) : new ArrayBuffer(60_000))
          const source = memory(sharedSource).subarray(from, from + size)
          source.forEach((_, n) => {
            source[n] = n * 7 + (n >> 8)
          })
          const target = memory(sharedTarget).fill(255)
          copyShared(source, target.subarray(5), to)
          const expected = new Uint8Array(60_000).fill(255)
          expected.set(source, 5 + to)
          if (Buffer.compare(expected, target) !== 0)
            t.fail(`${size} bytes, from ${from} to ${to}, shared ${sharedSource} and ${sharedTarget}`)
        }
  t.pass('all of them')
})
