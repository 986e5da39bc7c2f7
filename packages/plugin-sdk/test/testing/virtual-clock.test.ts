import { virtualClock } from '@anabranch/plugin-sdk/testing'
import t from 'tap'
import { rejected } from '../coded.ts'

t.test('virtualClock: timers fire in order, at their own time', async (t) => {
  const clock = virtualClock()
  const seen: string[] = []
  const at = (name: string) => () => seen.push(`${name} ${clock.now()}`)
  clock.setTimeout(at('c'), 30)
  clock.setTimeout(at('a'), 10)
  clock.setTimeout(at('b'), 10)
  clock.setTimeout(at('d'), 31)
  t.equal(clock.pending, 4)
  t.equal(clock.next, 10)
  await clock.advance(30)
  t.same(seen, ['a 10', 'b 10', 'c 30'])
  t.equal(clock.now(), 30)
  t.equal(clock.pending, 1)
  await clock.advance(1)
  t.equal(seen.at(-1), 'd 31')
  t.equal(clock.next, undefined)
})

t.test('virtualClock: microtasks run between timers, and may set timers that still fire', async (t) => {
  const clock = virtualClock()
  const seen: string[] = []
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
  const walk = async (name: string, ms: number) => {
    for (let n = 0; n < 3; n++) {
      await sleep(ms)
      await Promise.resolve()
      seen.push(`${name} ${clock.now()}`)
    }
  }
  walk('a', 10)
  walk('b', 15)
  await clock.advance(45)
  t.same(seen, ['a 10', 'b 15', 'a 20', 'b 30', 'a 30', 'b 45'])
})

t.test('virtualClock: cleared timers do not fire; odd delays count as none; time never goes back', async (t) => {
  const clock = virtualClock()
  const seen: number[] = []
  const timer = clock.setTimeout(() => t.fail('cleared'), 5)
  clock.clearTimeout(timer)
  clock.clearTimeout(undefined)
  for (const ms of [-1, Number.NaN, 0]) clock.setTimeout(() => seen.push(clock.now()), ms)
  await clock.advance(-5)
  t.same(seen, [0, 0, 0])
  t.equal(clock.now(), 0)
  await Promise.all([clock.advance(3), clock.advance(4)])
  t.equal(clock.now(), 7, 'two advances follow one another')
})

t.test('virtualClock: an endless loop of timers is an error, a failing timer too', async (t) => {
  const clock = virtualClock()
  clock.setTimeout(() => {
    throw new Error('boom')
  }, 1)
  await t.rejects(clock.advance(1), { message: 'boom' })
  const again = () => void clock.setTimeout(again, 0)
  again()
  t.equal((await rejected('ANB_LIMIT', clock.advance(1))).limit, 'timers')
})
