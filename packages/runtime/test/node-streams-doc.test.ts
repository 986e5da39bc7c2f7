import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import t from 'tap'
import { shoutFile, shoutThrough } from './docs/shout.ts'
import { inTempFolder } from './streams.ts'

const root = new URL('../', import.meta.url)

t.test('the code of docs/node-streams.md is the code that is compiled and run here', async (t) => {
  const doc = readFileSync(new URL('../../docs/node-streams.md', root), 'utf8')
  const blocks = [...doc.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
  t.same(blocks, [readFileSync(new URL('test/docs/shout.ts', root), 'utf8')])
})

t.test('and it does what it says', async (t) => {
  await inTempFolder(async (path) => {
    await writeFile(path('in'), 'hello, größe\n')
    t.match(await shoutFile(path('in'), path('out')), { accepted: 1, delivered: 1, balanced: true })
    t.equal(await readFile(path('out'), 'utf8'), 'HELLO, GRÖSSE\n')
  })
  const heard: string[] = []
  const to = new PassThrough()
  const ledger = await shoutThrough(Readable.from(['one ', 'two']), to, (said) => heard.push(said))
  t.match(ledger, { accepted: 2, delivered: 2, balanced: true })
  t.equal(String(to.read()), 'ONE !TWO!')
  t.same(heard, ['ONE ', 'TWO'])
})
