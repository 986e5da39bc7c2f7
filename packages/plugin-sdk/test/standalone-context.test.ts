import { standaloneContext, systemClock } from '@anabranch/plugin-sdk/host'
import t from 'tap'

t.test('standaloneContext: counters, times, signal, envelope', async (t) => {
  const context = standaloneContext('GainNode')
  t.equal(context.nodeId, 'GainNode')
  t.equal(context.clock, systemClock)
  context.count('frames')
  context.count('frames', 4)
  t.same(context.counters, { frames: 5 })
  const outputs = { output: 1 }
  t.equal(context.at(20_000, outputs), outputs)
  t.equal(context.times.get(outputs), 20_000)
  t.equal(context.signal.aborted, false)
  context.abort(new Error('over'))
  t.equal(context.signal.aborted, true)
  t.match(context.signal.reason, { message: 'over' })
  t.match(context.envelope, { pts: 0, seq: 0, epoch: 0, origin: { source: 'GainNode', seq: 0 } })
  t.ok(context.audio(4, 16_000).samples.buffer instanceof SharedArrayBuffer)
})

t.test('standaloneContext: an injected clock and log are used; without a log nothing is printed', async (t) => {
  const lines: unknown[] = []
  const log = { debug: () => {}, info: (line: unknown) => lines.push(line), warn: () => {}, error: () => {} }
  const clock = { ...systemClock, now: () => 7 }
  const context = standaloneContext('a', { clock, log })
  context.log.info('hello')
  t.same(lines, ['hello'])
  t.equal(context.envelope.ingress, 7)
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    t.equal(standaloneContext('a').log[level]('x'), undefined)
})

t.test('systemClock measures and waits', async (t) => {
  const before = systemClock.now()
  await new Promise<void>((resolve) => systemClock.setTimeout(resolve, 1))
  t.ok(systemClock.now() > before)
  systemClock.clearTimeout(systemClock.setTimeout(() => t.fail('cleared'), 1))
})
