import { virtualClock } from '@anabranch/plugin-sdk/testing'
import { test } from 'tap'
import { lineBudget } from '#src/supervisor/line-budget.js'
import { Restarts } from '#src/supervisor/restarts.js'

test('each restart in a window waits twice as long as the one before, and no longer than the most', async (t) => {
  const restarts = new Restarts(virtualClock(), { most: 10 }, () => 0.5)
  const waits = Array.from({ length: 9 }, () => restarts.lost().afterMs)
  t.same(waits, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
})

test('waits are spread by a quarter', async (t) => {
  t.equal(new Restarts(virtualClock(), {}, () => 0).lost().afterMs, 75)
  t.equal(new Restarts(virtualClock(), {}, () => 1).lost().afterMs, 125)
})

test('5 restarts in 60 s; the next loss waits until the first one is 60 s ago', async (t) => {
  const clock = virtualClock()
  const restarts = new Restarts(clock, {}, () => 0.5)
  for (let loss = 1; loss <= 5; loss++) {
    t.match(restarts.lost(), { losses: loss, over: false })
    await clock.advance(1000)
  }
  t.same(restarts.lost(), { losses: 6, over: true, afterMs: 55_000 })
  await clock.advance(60_000)
  t.match(restarts.lost(), { losses: 1, over: false, afterMs: 100 })
})

test('lines beyond the budget of a second are counted, and told when the next ones pass', async (t) => {
  const clock = virtualClock()
  const told: number[] = []
  const passes = lineBudget(clock, 3, (leftOut) => told.push(leftOut))
  const second = () => Array.from({ length: 5 }, passes)
  t.same(second(), [true, true, true, false, false])
  await clock.advance(1000)
  t.same(second(), [true, true, true, false, false])
  t.same(told, [2])
})
