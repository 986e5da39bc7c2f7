import { type AudioBuffer, AudioFormatError, audio, type Clock, defineNode, derived } from '@anabranch/plugin-sdk'
import { Observable, type OperatorFunction } from 'rxjs'
import t from 'tap'
import { failures, frames, head, texts, words } from './broken.ts'

const sleep = (clock: Clock, ms: number) => new Promise<void>((resolve) => void clock.setTimeout(resolve, ms))

t.test('testNode: C46, an execution that does not listen to its signal', async (t) => {
  const sleeper = (ms: number, listens: boolean) =>
    defineNode({
      ...texts,
      create: () => ({
        async execute({ input }, { clock, signal }) {
          const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          await Promise.race([sleep(clock, ms), ...(listens ? [stopped] : [])])
          return { output: input }
        },
      }),
    })
  t.same(await failures(sleeper(10_000, false), words), ['C46'])
  t.same(await failures(sleeper(10_000, true), words), [], 'one that listens')
  t.same(await failures(sleeper(40, false), words), [], 'one that is done in time')
  const never = defineNode({
    ...texts,
    create: () => ({ execute: ({ input }, { signal }) => (signal.aborted ? { output: input } : slow(input)) }),
  })
  const slow = async (input: string) => {
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setTimeout(resolve, 30))
    return { output: input }
  }
  t.same(await failures(never, words.slice(0, 1)), ['C46'], 'in real time too')
  const generator = defineNode({
    ...texts,
    create: () => ({
      async *execute({ input }, { clock }) {
        for (let n = 0; n < 100; n++) {
          yield { output: `${input}${n}` }
          await sleep(clock, 20)
        }
      },
    }),
  })
  t.same(await failures(generator, words.slice(0, 1)), [], 'a generator is left at its next output')
})

t.test('testNode: C46, a stream that does not listen either', async (t) => {
  const stream = (ms: number, listens: boolean) =>
    defineNode({
      ...texts,
      lineage: 'each',
      create: () => ({
        async *stream(inputs, { clock, signal }) {
          const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          for await (const { input } of inputs) {
            await Promise.race([sleep(clock, ms), ...(listens ? [stopped] : [])])
            yield { output: input }
          }
        },
      }),
    })
  t.same(await failures(stream(10_000, false), words), ['C46'])
  t.same(await failures(stream(10_000, true), words), [])
})

type Row = { readonly input: string }
const operator = (lineage: 'each' | 'derived', run: (clock: Clock) => OperatorFunction<Row, { output: string }>) =>
  defineNode({ ...texts, lineage, timed: true, create: () => ({ operator: ({ clock }) => run(clock) }) })

/** An operator that does something with each record, and ends with its input. */
const eachRow =
  (next: (row: Row, give: (outputs: { output: string }) => void) => void): OperatorFunction<Row, { output: string }> =>
  (rows) =>
    new Observable((out) =>
      rows.subscribe({ next: (row) => next(row, (one) => out.next(one)), complete: () => out.complete() }),
    )

t.test('testNode: C36, lineage: each, but outputs from a timer', async (t) => {
  const late = operator(
    'each',
    (clock) => (rows) =>
      new Observable((out) => {
        let waiting = 0
        let ended = false
        return rows.subscribe({
          next: ({ input }) => {
            waiting++
            clock.setTimeout(() => {
              out.next({ output: input })
              if (--waiting === 0 && ended) out.complete()
            }, 5)
          },
          complete: () => {
            ended = true
          },
        })
      }),
  )
  t.same(await failures(late, words), ['C36'])
  const inside = operator('each', () => eachRow(({ input }, give) => give({ output: input })))
  t.same(await failures(inside, words), [])
})

t.test('testNode: C38, inputs that are not named, not settled, or settled twice', async (t) => {
  const out = ({ input }: Row) => ({ output: input })
  const cases: Readonly<Record<string, Parameters<typeof eachRow>[0]>> = {
    'not made by derived()': (row, give) => give(out(row)),
    'a copy of the record': (row, give) => give(derived({ ...row }, out(row))),
    'never settled': (row, give) => give(derived(row, out(row), { more: true })),
    'settled twice': (row, give) => {
      give(derived(row, out(row)))
      give(derived(row, out(row)))
    },
    'filtered in silence': (row, give) => row.input !== 'b' && give(derived(row, out(row))),
  }
  for (const [what, next] of Object.entries(cases))
    t.same(
      await failures(
        operator('derived', () => eachRow(next)),
        words,
      ),
      ['C38'],
      what,
    )
  const well = eachRow((row, give) => {
    if (row.input === 'b') return give(derived(row))
    give(derived(row, out(row), { more: true }))
    give(derived(row, out(row)))
  })
  t.same(
    await failures(
      operator('derived', () => well),
      words,
    ),
    [],
  )
})

t.test('testNode: C60, audio that makes a node fall over, or never recover', async (t) => {
  const gate = (check: (input: AudioBuffer) => void, inputs = head.inputs) =>
    defineNode({
      ...head,
      inputs,
      purity: 'pure',
      create: () => ({
        execute: ({ input }) => {
          check(input)
          return { output: input }
        },
      }),
    })
  const careless = (input: AudioBuffer) => {
    if (input.channels !== 1) throw new RangeError('offset is out of bounds')
  }
  t.same(await failures(gate(careless), frames), ['C60'])
  t.same(await failures(gate(careless, { input: audio.with({ channels: 1 }) }), frames), [], 'its format says so')
  const coded = (input: AudioBuffer) => {
    if (input.channels !== 1 || input.length === 0)
      throw new AudioFormatError('mono only', { fix: 'mix it down before' })
  }
  t.same(await failures(gate(coded), frames), [])
  const grudging = () => {
    let hurt = false
    return (input: AudioBuffer) => {
      hurt ||= input.length === 0
      if (hurt) throw new AudioFormatError('no more', { fix: 'none' })
    }
  }
  const hurt = defineNode({
    ...head,
    create: () => {
      const check = grudging()
      return {
        execute: ({ input }) => {
          check(input)
          return { output: input }
        },
      }
    },
  })
  t.same(await failures(hurt, frames), ['C60'])
})
