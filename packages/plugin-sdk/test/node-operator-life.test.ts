import { defineNode, type NodeContext, nodeOperator, text } from '@anabranch/plugin-sdk'
import { firstValueFrom, from, lastValueFrom, map, NEVER, type OperatorFunction, of, Subject, toArray } from 'rxjs'
import t from 'tap'
import { rejected } from './coded.ts'

interface Hooks {
  prepare?: () => unknown
  cleanup?: () => unknown
  execute?: (input: string, context: NodeContext) => unknown
  operator?: (context: NodeContext) => OperatorFunction<{ input: string }, { output: string }>
}
/** A node that writes down its life. */
function diary({ prepare, cleanup, execute, operator }: Hooks = {}) {
  const lines: string[] = []
  const node = defineNode({
    type: 'DiaryNode',
    summary: 'Writes down its life.',
    inputs: { input: text },
    outputs: { output: text },
    create: () => {
      lines.push('create')
      const life = {
        prepare: () => {
          lines.push('prepare')
          return prepare?.() as Promise<void>
        },
        cleanup: () => {
          lines.push('cleanup')
          return cleanup?.() as Promise<void>
        },
      }
      if (operator !== undefined)
        return {
          ...life,
          operator: (context: NodeContext) => {
            lines.push('operator')
            return operator(context)
          },
        }
      return {
        ...life,
        execute: ({ input }: { input: string }, context: NodeContext) => {
          lines.push(`execute ${input}`)
          return (execute === undefined ? { output: input } : execute(input, context)) as { output: string }
        },
        flush: () => {
          lines.push('flush')
        },
      } as never
    },
  })
  const made = nodeOperator(node)
  lines.length = 0 // The node that was made to check the params.
  return { lines, operator: made }
}
const tick = () => new Promise((resolve) => setImmediate(resolve))

t.test('life: create, prepare, execute, flush, cleanup, for each subscription', async (t) => {
  const { lines, operator } = diary()
  const once = ['create', 'prepare', 'execute a', 'flush', 'cleanup']
  await lastValueFrom(of('a').pipe(operator))
  t.same(lines, once)
  await lastValueFrom(of('a').pipe(operator))
  t.same(lines, [...once, ...once])
})

t.test('life: the operator is made after prepare', async (t) => {
  let model = ''
  const { lines, operator } = diary({
    prepare: async () => {
      await tick()
      model = 'loaded'
    },
    operator: () => {
      const used = model
      return map(({ input }) => ({ output: `${input} ${used}` }))
    },
  })
  t.same(await lastValueFrom(from(['a', 'b']).pipe(operator, toArray())), ['a loaded', 'b loaded'])
  t.same(lines, ['create', 'prepare', 'operator', 'cleanup'])
})

t.test('life: what a hot source gives while the node prepares is not lost', async (t) => {
  for (const operator of [undefined, () => map(({ input }: { input: string }) => ({ output: input }))]) {
    const source = new Subject<string>()
    const node = diary({ prepare: tick, ...(operator && { operator }) })
    const results = lastValueFrom(source.pipe(node.operator, toArray()))
    for (const word of ['a', 'b']) source.next(word)
    await tick()
    source.next('c')
    source.complete()
    t.same(await results, ['a', 'b', 'c'])
  }
})

t.test('life: cleanup once after an error of the node, of prepare, of the operator, of the source', async (t) => {
  const boom = () => {
    throw new Error('boom')
  }
  for (const [hooks, life] of [
    [{ execute: boom }, ['create', 'prepare', 'execute a', 'cleanup']],
    [{ execute: async () => boom() }, ['create', 'prepare', 'execute a', 'cleanup']],
    [{ prepare: boom }, ['create', 'prepare', 'cleanup']],
    [{ prepare: async () => boom() }, ['create', 'prepare', 'cleanup']],
    [{ operator: boom }, ['create', 'prepare', 'operator', 'cleanup']],
    [{ operator: () => map(boom) }, ['create', 'prepare', 'operator', 'cleanup']],
  ] as const) {
    const { lines, operator } = diary(hooks as Hooks)
    const error = await rejected('ANB_NODE_EXECUTION', lastValueFrom(of('a').pipe(operator)))
    t.match(error, { nodeId: 'DiaryNode', cause: { message: 'boom' } })
    await tick()
    t.same(lines, life)
  }
  const { lines, operator } = diary()
  const source = new Subject<string>()
  const result = lastValueFrom(source.pipe(operator))
  source.error(new Error('gone'))
  await t.rejects(result, { message: 'gone' })
  t.same(lines, ['create', 'prepare', 'cleanup'])
})

t.test('life: cleanup once when somebody leaves, and the signal aborts', async (t) => {
  let signal: AbortSignal | undefined
  const { lines, operator } = diary({
    execute: (input, context) => {
      signal = context.signal
      return { output: input }
    },
  })
  t.equal(await firstValueFrom(from(['a', 'b']).pipe(operator)), 'a')
  t.same(lines, ['create', 'prepare', 'execute a', 'cleanup'])
  t.equal(signal?.aborted, true)
  NEVER.pipe(operator).subscribe().unsubscribe()
  t.same(lines.slice(4), ['create', 'prepare', 'cleanup'])
})

t.test('life: cleanup waits for a prepare that is still at work', async (t) => {
  let finish = () => {}
  const { lines, operator } = diary({ prepare: () => new Promise<void>((resolve) => (finish = resolve)) })
  NEVER.pipe(operator).subscribe().unsubscribe()
  await tick()
  t.same(lines, ['create', 'prepare'])
  finish()
  await tick()
  t.same(lines, ['create', 'prepare', 'cleanup'])
})

t.test('life: a cleanup that fails harms nobody', async (t) => {
  for (const cleanup of [
    () => Promise.reject(new Error('x')),
    () => {
      throw new Error('x')
    },
  ]) {
    const { lines, operator } = diary({ cleanup })
    t.equal(await lastValueFrom(of('a').pipe(operator)), 'a')
    await tick()
    t.equal(lines.at(-1), 'cleanup')
  }
})

t.test('life: a prepare that returns something else than a promise is done', async (t) => {
  const { operator } = diary({ prepare: () => new Map([['a', 1]]) })
  t.equal(await lastValueFrom(of('a').pipe(operator)), 'a')
})
