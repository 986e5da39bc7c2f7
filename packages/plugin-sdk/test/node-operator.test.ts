import { AudioBuffer, audio, defineNode, describeNode, nodeOperator, number, text } from '@anabranch/plugin-sdk'
import { from, lastValueFrom, map, of, take, throwError, toArray } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import t from 'tap'
import { z } from 'zod'
import { rejected, thrown } from './coded.ts'

type Execute = Parameters<typeof textNode>[0]['execute']
/** A node text → text whose body is given. */
function textNode(body: {
  execute: (inputs: { input: string }) => unknown
  flush?: () => unknown
  validateInputs?: (inputs: { input: string }) => unknown
}) {
  return defineNode({
    type: 'TextNode',
    summary: 'Text to text.',
    inputs: { input: text },
    outputs: { output: text },
    create: () => body as never,
  })
}
const run = (execute: Execute, words = ['a', 'b']) =>
  lastValueFrom(from(words).pipe(nodeOperator(textNode({ execute })), toArray()))
const tick = () => new Promise((resolve) => setImmediate(resolve))

t.test('nodeOperator: every form of a result, in order', async (t) => {
  t.same(await run(({ input }) => ({ output: `${input}1` })), ['a1', 'b1'], 'a record')
  t.same(await run(({ input }) => [{ output: input }, { output: `${input}2` }]), ['a', 'a2', 'b', 'b2'], 'an array')
  t.same(
    await run(function* ({ input }) {
      yield { output: input }
      yield { output: undefined }
      yield { output: `${input}3` }
    }),
    ['a', 'a3', 'b', 'b3'],
    'a generator',
  )
  t.same(await run(async ({ input }) => ({ output: input })), ['a', 'b'], 'a promise')
  t.same(
    await run(async function* ({ input }) {
      yield { output: input }
      await tick()
      yield { output: `${input}4` }
    }),
    ['a', 'a4', 'b', 'b4'],
    'an async generator',
  )
})

t.test('nodeOperator: nothing is emitted for undefined, a missing key and a promise of nothing', async (t) => {
  for (const nothing of [undefined, {}, { output: undefined }, [], Promise.resolve(undefined)])
    t.same(await run(() => nothing), [])
})

t.test('nodeOperator: a slow head holds the others behind it', async (t) => {
  let running = 0
  const slow: Execute = async ({ input }) => {
    t.equal(++running, 1, 'one at a time')
    if (input === 'a') await tick()
    running--
    return { output: input }
  }
  t.same(await run(slow, ['a', 'b', 'c']), ['a', 'b', 'c'])
})

t.test('nodeOperator: flush after the last input, in any form', async (t) => {
  for (const tail of [{ output: 'z' }, [{ output: 'z' }], Promise.resolve({ output: 'z' })]) {
    const node = textNode({ execute: ({ input }) => ({ output: input }), flush: () => tail })
    t.same(await lastValueFrom(of('a').pipe(nodeOperator(node), toArray())), ['a', 'z'])
  }
  const flushed: string[] = []
  const node = textNode({ execute: ({ input }) => ({ output: input }), flush: () => void flushed.push('x') })
  await lastValueFrom(from(['a', 'b']).pipe(nodeOperator(node), take(1)))
  t.same(flushed, [], 'no flush for somebody who left')
})

t.test('nodeOperator: marbles', async (t) => {
  const upper = textNode({
    execute: ({ input }) => (input === 'x' ? undefined : [{ output: input }, { output: input.toUpperCase() }]),
    flush: () => ({ output: 'z' }),
  })
  const scheduler = new TestScheduler((actual, expected) => t.same(actual, expected))
  scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('a---x-b---|')
    expectObservable(source.pipe(nodeOperator(upper))).toBe('(aA)--(bB)(z|)')
    expectSubscriptions(source.subscriptions).toBe('^---------!')
    expectObservable(cold('-#', {}, new Error('mic gone')).pipe(nodeOperator(upper))).toBe(
      '-#',
      {},
      new Error('mic gone'),
    )
    expectObservable(cold('-a-a-').pipe(nodeOperator(upper)), '---!').toBe('-(aA)')
  })
})

const tag = defineNode({
  type: 'TagNode',
  summary: 'Joins a text and a number.',
  inputs: { word: text, count: number, mark: text.control('.'), note: text.optional() },
  outputs: { output: text, length: number },
  create: () => ({
    execute: ({ word, count, mark, note }) => ({ output: `${word}${count}${mark}${note ?? ''}`, length: word.length }),
  }),
})

t.test('nodeOperator: several required keys mean records on both sides', async (t) => {
  const sets = [
    { word: 'a', count: 1 },
    { mark: '!' },
    { word: 'b', count: 2, note: 'n' },
    { word: 'c', count: 3, mark: '?' },
    { word: 'd', count: 4 },
  ]
  t.same(
    await lastValueFrom(
      from(sets).pipe(
        nodeOperator(tag),
        map(({ output }) => output),
        toArray(),
      ),
    ),
    ['a1.', 'b2!n', 'c3?', 'd4?'],
    'a control input holds its last value, and triggers nothing',
  )
})

t.test('nodeOperator: a control value is held per subscription', async (t) => {
  const operator = nodeOperator(tag)
  await lastValueFrom(of({ mark: '!' }, { word: 'a', count: 1 }).pipe(operator))
  t.match(await lastValueFrom(of({ word: 'a', count: 1 }).pipe(operator)), { output: 'a1.' })
})

t.test('nodeOperator: a missing or unknown input is an error that names the key and the node', async (t) => {
  const feed = (set: object) => lastValueFrom(of(set).pipe(nodeOperator(tag)))
  const missing = await rejected('ANB_INPUTS', feed({ word: 'a' }))
  t.match(missing, { key: 'count', nodeId: 'TagNode' })
  const unknown = await rejected('ANB_INPUTS', feed({ word: 'a', count: 1, makr: '!' }))
  t.match(unknown, { key: 'makr', fix: 'rename "makr" to "mark"' })
  await rejected('ANB_INPUTS', lastValueFrom(of({}).pipe(nodeOperator(tag))))
  await rejected(
    'ANB_INPUTS',
    run(({ input }) => ({ output: input }), [undefined as never]),
  )
})

t.test('nodeOperator: what is wrong with params, description or form is thrown at once', async (t) => {
  const gain = defineNode({
    type: 'GainNode',
    summary: 'Gain.',
    params: z.object({ db: z.number() }),
    inputs: { input: audio },
    outputs: { output: audio },
    create: () => ({ execute: ({ input }) => ({ output: input }) }),
  })
  t.match(
    thrown('ANB_PARAMS', () => nodeOperator(gain, { db: 'x' } as never)),
    { nodeId: 'GainNode' },
  )
  thrown('ANB_NOT_AVAILABLE', () => nodeOperator(describeNode({ type: 'Far', summary: 'Elsewhere.' })))
  const missing = { ...gain, available: () => ({ reason: 'there is no Python', fix: 'install it' }) }
  const error = thrown('ANB_NOT_AVAILABLE', () => nodeOperator(missing, { db: 0 }))
  t.match(error, { message: /"GainNode" cannot run here: there is no Python/, fix: 'install it' })
  const source = defineNode({
    type: 'Src',
    summary: 'Source.',
    outputs: { output: text },
    create: () => ({ source: () => [] }),
  })
  thrown('ANB_PLUGIN', () => nodeOperator(source))
  const broken = defineNode({
    type: 'Broken',
    summary: 'Fails.',
    create: () => {
      throw new Error('no licence')
    },
  })
  t.match(
    thrown('ANB_NODE_EXECUTION', () => nodeOperator(broken)),
    { nodeId: 'Broken', cause: { message: 'no licence' } },
  )
})

t.test('nodeOperator: errors of the node are coded and name it', async (t) => {
  const boom = new Error('boom')
  const failing: Execute[] = [
    () => {
      throw boom
    },
    async () => Promise.reject(boom),
    function* () {
      yield { output: 'x' }
      throw boom
    },
    // biome-ignore lint/correctness/useYield: it fails first
    async function* () {
      throw boom
    },
  ]
  for (const execute of failing)
    t.match(await rejected('ANB_NODE_EXECUTION', run(execute)), { nodeId: 'TextNode', cause: boom })
  const flush = () => {
    throw boom
  }
  const late = textNode({ execute: () => undefined, flush })
  await rejected('ANB_NODE_EXECUTION', lastValueFrom(of('a').pipe(nodeOperator(late))))
})

t.test('nodeOperator: a promise of several results is refused, never lost', async (t) => {
  t.match(
    await rejected(
      'ANB_PLUGIN',
      run(async () => [{ output: 'a' }]),
    ),
    { message: /a promise gave an Array/ },
  )
  await rejected(
    'ANB_PLUGIN',
    run(async () => 'a'),
  )
})

t.test('nodeOperator: an error of the source passes as it is', async (t) => {
  const gone = new Error('mic gone')
  const source = throwError(() => gone)
  await t.rejects(lastValueFrom(source.pipe(nodeOperator(textNode({ execute: () => undefined })))), gone)
})

t.test('nodeOperator: validateInputs stands before execute, and may wait', async (t) => {
  const seen: string[] = []
  const refuse = () => {
    throw new Error('too long')
  }
  for (const validateInputs of [refuse, async () => refuse()]) {
    const node = textNode({ validateInputs, execute: ({ input }) => void seen.push(input) })
    t.match(await rejected('ANB_NODE_EXECUTION', lastValueFrom(of('a').pipe(nodeOperator(node)))), {
      nodeId: 'TextNode',
    })
  }
  t.same(seen, [])
})

t.test('nodeOperator: the envelope counts, and media time follows the audio', async (t) => {
  const times = defineNode({
    type: 'TimesNode',
    summary: 'Says the media time.',
    inputs: { input: audio },
    outputs: { output: number },
    create: () => ({ execute: (_, { envelope }) => [{ output: envelope.seq }, { output: envelope.pts }] }),
  })
  const frame = new AudioBuffer(new Float32Array(160), 16_000)
  t.same(
    await lastValueFrom(of(frame, frame, frame).pipe(nodeOperator(times), toArray())),
    [0, 0, 1, 10_000, 2, 20_000],
  )
})
