import { readFileSync } from 'node:fs'
import { lastValueFrom } from 'rxjs'
import { test } from 'tap'
import { DESCRIBED } from '#src/described.js'
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

test('the README names every node with its params and keys', async (t) => {
  const readme = readFileSync(new URL('README.md', root), 'utf8')
  const rows = [...readme.matchAll(/^\| `(\w+(?:Node|Source|Sink))` \| (.*?) \| (.*?) → (.*?) \|/gm)]
  const words = (text = '') => text.match(/\w+/g)?.filter((word) => word !== 'none') ?? []
  const told = rows.map(([, type, params, inputs, outputs]) => [type, words(params), words(inputs), words(outputs)])
  const keys = (ports: readonly { readonly key: string }[]) => ports.map(({ key }) => key)
  t.same(
    told,
    DESCRIBED.map(({ type, params, inputs, outputs }) => [
      type,
      Object.keys((params.properties ?? {}) as object),
      keys(inputs),
      keys(outputs),
    ]),
  )
})
