import { audio, type Clock, defineNode, describeNode, json, number, text } from '@anabranch/plugin-sdk'
import { clip, testNode } from '@anabranch/plugin-sdk/testing'
import { concat, map, mergeMap, Observable, type OperatorFunction } from 'rxjs'
import t from 'tap'
import { z } from 'zod'
import { thrown } from '../coded.ts'
import { failures, frames, texts, words } from './broken.ts'
import { gain } from './nodes.ts'

t.test('testNode: what is expected and not given fails', async (t) => {
  t.same(await failures(gain, [{ input: clip.sine(20) }], [{ output: clip.silence(20) }]), ['result'])
  t.same(await failures(gain, [{ input: clip.sine(20) }], []), ['result'])
})

t.test('testNode: C3, another identity than the spec', async (t) => {
  const other = { ...gain, create: () => ({ ...gain.create(), nodeType: 'OtherNode' }) }
  t.same(await failures(other, frames), ['C3', 'C54'], 'and it looks at no params')
})

t.test('testNode: C6 and C7, undeclared keys and other kinds', async (t) => {
  const odd = defineNode({ ...texts, create: () => ({ execute: ({ input }) => ({ output: input, extra: 1 }) }) })
  t.ok((await failures(odd, words)).includes('C6'))
  const schema = json(z.object({ x: z.number() }))
  for (const [port, value] of [
    [audio, { samples: new Float32Array(1), sampleRate: 16_000, channels: 1 }],
    [text, 1],
    [number, '1'],
    [schema, { x: '1' }],
  ] as const) {
    const node = defineNode({
      ...texts,
      outputs: { output: port },
      create: () => ({ execute: () => ({ output: value }) as never }),
    })
    t.same(await failures(node, words), ['C7'], port.kind)
  }
})

/** A text operator with a clock. */
function clocked(run: (clock: Clock) => OperatorFunction<{ input: string }, { output: string }>) {
  return defineNode({ ...texts, timed: true, create: () => ({ operator: ({ clock }) => run(clock) }) })
}

t.test('testNode: C15, outputs that overtake each other', async (t) => {
  const waits: Record<string, number> = { a: 30, b: 10, c: 20 }
  const overtaking = clocked((clock) =>
    mergeMap(
      ({ input }) =>
        new Promise<{ output: string }>((resolve) =>
          clock.setTimeout(() => resolve({ output: input }), waits[input] ?? 0),
        ),
    ),
  )
  t.same(await failures(overtaking, words), ['C15'])
  const unordered = { ...overtaking, spec: { ...overtaking.spec, ordered: false } }
  t.same(await failures(unordered, words), [], 'where the spec says so, they may')
})

t.test('testNode: C17, outputs after the end', async (t) => {
  const late = (clock: Clock) =>
    new Observable<{ output: string }>((to) => void clock.setTimeout(() => to.next({ output: 'late' }), 61_000))
  const restless = clocked(
    (clock) => (inputs$) => concat(inputs$.pipe(map(({ input }) => ({ output: input }))), late(clock)),
  )
  t.same(await failures(restless, words), ['C17'])
})

let runs = 0
t.test('testNode: C19 and C20, state outside the instance', async (t) => {
  const counting = defineNode({
    ...texts,
    outputs: { output: number },
    create: () => ({ execute: () => ({ output: runs++ }) }),
  })
  const failed = await failures(counting, words)
  t.ok(failed.includes('C19') && failed.includes('C20'))
  let seen: string[] = []
  const shared = defineNode({
    ...texts,
    outputs: { output: number },
    create: () => {
      seen = []
      return { execute: ({ input }) => ({ output: seen.push(input) }) }
    },
  })
  t.ok((await failures(shared, words)).includes('C20'))
})

t.test('testNode: C42 and C43, a cleanup that needs an input, a reset that forgets to', async (t) => {
  const needy = defineNode({
    ...texts,
    create: () => {
      let handle: { close(): void } | undefined
      return {
        execute: ({ input }) => {
          handle = { close: () => undefined }
          return { output: input }
        },
        cleanup: () => (handle as { close(): void }).close(),
      }
    },
  })
  t.same(await failures(needy, words), ['C42'])
  const forgetful = defineNode({
    ...texts,
    outputs: { output: number },
    create: () => {
      let seen = 0
      return { execute: () => ({ output: seen++ }), reset: () => undefined }
    },
  })
  t.same(await failures(forgetful, words), ['C43'])
})

t.test('testNode: C48, a node that does not get over an interruption', async (t) => {
  const hurt = defineNode({
    ...texts,
    create: () => {
      let broken = false
      return {
        async execute({ input }, { signal }) {
          signal.addEventListener('abort', () => {
            broken = true
          })
          await Promise.resolve()
          await new Promise((resolve) => setImmediate(resolve))
          if (broken) throw new Error('still hurt')
          return { output: input }
        },
      }
    },
  })
  t.same(await failures(hurt, words), ['C48'])
})

t.test('testNode: C54, params that nobody checks', async (t) => {
  const careless = { ...gain, create: () => gain.create() }
  t.same(await failures(careless, frames), ['C54'])
  const uncoded = {
    ...gain,
    create: (params?: object) => {
      if (params !== undefined) throw new Error('no')
      return gain.create()
    },
  }
  t.same(await failures(uncoded, frames), ['C54'])
})

t.test(
  'testNode: a node that cannot be made fails every test by name; one that is only described is refused',
  async (t) => {
    const broken = defineNode({
      ...texts,
      create: () => {
        throw new Error('no licence')
      },
    })
    const failed = await failures(broken, words)
    for (const id of ['C3', 'C6', 'C42', 'result']) t.ok(failed.includes(id), id)
    thrown('ANB_NOT_AVAILABLE', () => testNode(t, describeNode({ type: 'Far', summary: 'Elsewhere.' }), []))
  },
)

t.test('testNode: an effectful node is run only where it must be', async (t) => {
  let posts = 0
  const sink = defineNode({
    ...texts,
    purity: 'effectful',
    outputs: {},
    create: () => ({ execute: () => void posts++ }),
  })
  const names: string[] = []
  testNode({ test: (name) => names.push(name) }, sink, [{ inputs: words as never }])
  t.same(
    names.map((name) => /C\d+|expected/.exec(name)?.[0]),
    ['expected', 'C3', 'C6', 'C7', 'C25', 'C42', 'C54'],
  )
  t.equal(posts, 0, 'naming the tests runs nothing')
})
