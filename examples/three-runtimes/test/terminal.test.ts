import { PassThrough } from 'node:stream'
import { test } from 'tap'
import { terminalOf } from '#src/terminal/terminal.js'
import { wave } from '#src/terminal/wave.js'

const stream = (isTTY: boolean) =>
  Object.assign(new PassThrough(), { isTTY, columns: 80 }) as unknown as NodeJS.WriteStream

test('colours are for terminals, and not where NO_COLOR is set', async (t) => {
  t.match(terminalOf(stream(true), {}), { live: true })
  t.equal(terminalOf(stream(true), {}).paint.red('x'), '\x1b[31mx\x1b[39m')
  for (const [isTTY, env] of [
    [true, { NO_COLOR: '1' }],
    [true, { TERM: 'dumb' }],
    [false, {}],
  ] as const)
    t.equal(terminalOf(stream(isTTY), env).paint.red('x'), 'x')
  t.notOk(terminalOf(stream(true), { TERM: 'dumb' }).live)
  t.notOk(terminalOf(stream(false), {}).live)
})

test('a broken pipe is no error', async (t) => {
  const out = stream(false)
  terminalOf(out, {})
  t.doesNotThrow(() => out.emit('error', new Error('EPIPE')))
})

test('a wave shows loudness over time, as far as it has come', async (t) => {
  t.equal(wave([0, 0, 1, 1], 4, 4), '▁▁██')
  t.equal(wave([0, 0, 0.25, 0.25], 8, 4), '▁▅')
  t.equal(wave([1, 0.25], 2, 4), '██▅▅', 'fewer frames than columns')
  t.equal(wave([], 4, 4), '')
})
