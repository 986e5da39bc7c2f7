import { nodeOperator, operatorNode, text } from '@anabranch/plugin-sdk'
import { debounceTime, distinctUntilChanged, from, lastValueFrom, map, pipe, toArray } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import t from 'tap'
import { z } from 'zod'

const settled = operatorNode({
  type: 'SettledTextNode',
  summary: 'Passes a text on once it stops changing.',
  params: z.object({ ms: z.number().default(200) }),
  input: text,
  output: text,
  timed: true,
  operator: ({ ms }) => pipe(debounceTime(ms), distinctUntilChanged()),
})

t.test('operatorNode: one input, one output, and what was said of the operator', async (t) => {
  t.match(settled.spec, { type: 'SettledTextNode', timed: true, inputs: { input: text }, outputs: { output: text } })
  t.notOk('operator' in settled.spec)
  t.type(settled.create().operator, 'function')
})

t.test('operatorNode and nodeOperator undo each other', async (t) => {
  const upper = operatorNode({
    type: 'Upper',
    summary: 'Shouts.',
    lineage: 'each',
    input: text,
    output: text,
    operator: () => map((word: string) => word.toUpperCase()),
  })
  t.equal(upper.spec.lineage, 'each')
  t.same(await lastValueFrom(from(['a', 'b']).pipe(nodeOperator(upper), toArray())), ['A', 'B'])
})

t.test('operatorNode: time is RxJS’s own', async (t) => {
  const scheduler = new TestScheduler((actual, expected) => t.same(actual, expected))
  scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('ab----c---|')
    expectObservable(source.pipe(nodeOperator(settled, { ms: 3 }))).toBe('----b----c|')
    expectSubscriptions(source.subscriptions).toBe('^---------!')
  })
})
