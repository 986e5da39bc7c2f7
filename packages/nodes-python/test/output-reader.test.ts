import { test } from 'tap'
import { OutputReader } from '#src/output-reader.js'

/** A reader, and what it tells. */
function reader() {
  const outputs = new OutputReader()
  const told: string[] = []
  outputs.onTaken = () => told.push('taken')
  outputs.onLeave = () => told.push('leave')
  return { outputs, told }
}

test('outputs come in order, each tells that it was taken, and the end ends', async (t) => {
  const { outputs, told } = reader()
  const first = outputs.next()
  outputs.output({ n: 1 })
  outputs.output({ n: 2 })
  t.same(await first, { value: { n: 1 }, done: false })
  t.same(told, ['taken'])
  t.same(await outputs.next(), { value: { n: 2 }, done: false })
  t.same(told, ['taken', 'taken'])
  const last = outputs.next()
  outputs.done()
  t.match(await last, { done: true })
  t.match(await outputs.next(), { done: true })
  t.same(told, ['taken', 'taken'])
})

test('an error comes after the outputs before it, once', async (t) => {
  const { outputs } = reader()
  outputs.output({ n: 1 })
  outputs.failed(new Error('lost'))
  t.match(await outputs.next(), { value: { n: 1 } })
  await t.rejects(outputs.next(), { message: 'lost' })
  t.match(await outputs.next(), { done: true })
  const waiting = reader()
  const next = waiting.outputs.next()
  waiting.outputs.failed(new Error('lost'))
  await t.rejects(next, { message: 'lost' })
})

test('a reader that leaves tells it once, also where it is waited for; a late end is nothing', async (t) => {
  const { outputs, told } = reader()
  outputs.output({ n: 1 })
  t.match(await outputs.return(), { done: true })
  await outputs.return()
  outputs.done()
  t.match(await outputs.next(), { done: true })
  t.same(told, ['leave'])
  const ended = reader()
  ended.outputs.done()
  await ended.outputs.return()
  t.same(ended.told, [])
})
