import { clip, marbles } from '@anabranch/plugin-sdk/testing'
import t from 'tap'
import { rejected } from '../coded.ts'
import { both, gain, later, pairs, settled, ticker } from './nodes.ts'

t.test('marbles: an operator with timers', async (t) => {
  await marbles(settled, { params: { ms: 3 }, inputs: { input: 'ab----c---|' }, outputs: { output: '----b----c|' } })
  await marbles(settled, { params: { ms: 3 }, inputs: { input: 'a 200ms b' }, outputs: { output: '---a 200ms b' } })
  t.pass('both hold')
})

t.test('marbles: a node that waits on the clock, and one that fails', async (t) => {
  await marbles(later, { params: { ms: 2 }, inputs: { input: 'a--(bc)-|' }, outputs: { output: '--a--b-c|' } })
  await marbles(later, { params: { ms: 2 }, inputs: { input: 'a--x' }, outputs: { output: '--a--#' } })
  t.pass('both hold')
})

t.test('marbles: streams, sources and several keys', async (t) => {
  const values = { X: 'ab', Y: 'c', Z: 'ab!' }
  await marbles(pairs, { inputs: { input: 'a-b-c-|' }, outputs: { output: '--X---(Y|)' }, values })
  await marbles(both, {
    inputs: { a: 'a---a-|', b: '--b---b--', mark: '---m' },
    outputs: { output: '--X---(Z|)', first: '--a---(a|)' },
    values: { ...values, m: '!' },
  })
  const error = await rejected('ANB_LIMIT', marbles(ticker, { inputs: {}, outputs: { output: '---' } }))
  t.equal(error.limit, 'pulls', 'a source without time of its own has no marbles')
})

t.test('marbles: letters stand for values; audio is compared by its samples', async (t) => {
  const values = { s: clip.sine(10), q: clip.silence(10) }
  await marbles(gain, { inputs: { input: 's-q|' }, outputs: { output: 's-q|' }, values })
  await t.rejects(marbles(gain, { inputs: { input: 's-q|' }, outputs: { output: 's-s|' }, values }), {
    message: /differs/,
  })
  await t.rejects(marbles(gain, { params: { db: 6 }, inputs: { input: 's|' }, outputs: { output: 's|' }, values }), {
    message: /\? on output at 0 ms is an AudioBuffer/,
  })
})

t.test('marbles: a failure shows both time lines, aligned', async (t) => {
  const test = { params: { ms: 3 }, inputs: { input: 'ab----c---|' }, outputs: { output: '-----b---(cx)|' } }
  const error = await marbles(settled, test).catch((error: Error) => error)
  t.equal(
    (error as Error).message,
    [
      'SettledTextNode: output differs (1 column is 1 ms)',
      '  in  input             ab----c---   |',
      '  out output, expected  -----b---(cx)---|',
      '  out output, actual    ----b----c   |',
    ].join('\n'),
  )
})

t.test('marbles: long silences are written as their length, and errors say what they were', async (t) => {
  const test = { params: { ms: 1 }, inputs: { input: 'a 500ms x' }, outputs: { output: '-a 500ms y' } }
  const error = await marbles(later, test).catch((error: Error) => error)
  t.equal(
    (error as Error).message,
    [
      'LaterNode: output differs (1 column is 1 ms)',
      '  in  input             a- 499ms x-',
      '  out output, expected  -a 499ms -y',
      '  out output, actual    -a 499ms -#',
      '  # at 502 ms: node "LaterNode": x is refused',
    ].join('\n'),
  )
})

t.test('marbles: too early, too late, too many and missing all fail', async (t) => {
  for (const output of [
    '---b----c|',
    '-----b---c|',
    '----b----|',
    '----b----c-|',
    '----bb---c|',
    '----------|',
    '----b----#',
  ])
    await t.rejects(marbles(settled, { params: { ms: 3 }, inputs: { input: 'ab----c---|' }, outputs: { output } }), {
      code: 'ERR_ASSERTION',
    })
})

t.test('marbles: what has no meaning is refused', async (t) => {
  for (const [input, message] of [
    ['-^a', /\^ and ! have no meaning/],
    ['-#', /input "input" has a #/],
  ] as const)
    t.match(await rejected('ANB_PLUGIN', marbles(settled, { inputs: { input }, outputs: {} })), { message })
  const params = { ms: 'x' } as never
  t.ok(await rejected('ANB_PARAMS', marbles(settled, { params, inputs: {}, outputs: {} })))
})
