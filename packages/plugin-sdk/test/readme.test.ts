import { readFileSync } from 'node:fs'
import { lastValueFrom } from 'rxjs'
import t from 'tap'
import { peaks$ } from './readme/gain-in-rxjs.ts'
import './readme/gain-node.test.ts'
import plugin, { gain } from './readme/gain-node.ts'

const root = new URL('../', import.meta.url)

t.test('the code of the README is the code that is compiled and run here', async (t) => {
  const readme = readFileSync(new URL('README.md', root), 'utf8')
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
  const files = ['gain-node.ts', 'gain-node.test.ts', 'gain-in-rxjs.ts']
  t.equal(blocks.length, files.length)
  for (const [n, file] of files.entries())
    t.equal(blocks[n], readFileSync(new URL(`test/readme/${file}`, root), 'utf8'), file)
})

t.test('and it does what the README says', async (t) => {
  t.same(plugin.nodes, [gain])
  const half = 10 ** (-6 / 20)
  t.ok(Math.abs((await lastValueFrom(peaks$)) - 0.5 * half) < 1e-3)
})
