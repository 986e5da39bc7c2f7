import { readFileSync } from 'node:fs'
import { lastValueFrom } from 'rxjs'
import { test } from 'tap'
import { louder$ } from './readme/louder.ts'

const root = new URL('../', import.meta.url)

test('the code of the README is compiled and run here, and gives what it says', async (t) => {
  const readme = readFileSync(new URL('README.md', root), 'utf8')
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
  t.same(blocks, [readFileSync(new URL('test/readme/louder.ts', root), 'utf8')])
  const { samples } = await lastValueFrom(louder$)
  t.equal(samples.length, 480)
  // 0.1 · 10^(6 / 20), by hand.
  t.ok(samples.every((sample) => Math.abs(sample - 0.199526) < 1e-6))
})
