import fc from 'fast-check'
import { bufferCount, map } from 'rxjs'
import { scenario, settled } from '../scenario.ts'
import { type Any, code, running } from './edited-code.ts'

/** Groups of three, or what is left of them; each says its version. */
const groups = (version: number, wait: () => Promise<void> | undefined) => {
  let kept: unknown[] = []
  const give = () => {
    const output = { version, values: kept }
    kept = []
    return { output }
  }
  return {
    async execute({ input }: Any) {
      await wait()
      kept.push(input)
      return kept.length === 3 ? give() : undefined
    },
    flush: () => (kept.length > 0 ? give() : undefined),
  }
}

/** One node in each form; outputs are `{ version, values }`, every value once and in order. */
const forms: Readonly<Record<string, (version: number) => ReturnType<typeof code>>> = {
  execute: (version) => code(() => ({ execute: ({ input }: Any) => ({ output: { version, values: [input] } }) })),
  several: (version) =>
    code(() => ({
      async *execute({ input }: Any) {
        yield { output: { version, values: [input] } }
        await settled()
        yield { output: { version, values: [] } }
      },
    })),
  groups: (version) => code(() => groups(version, () => undefined), { time: 'span' }),
  slow: (version) => code(() => groups(version, settled), { time: 'span' }),
  operator: (version) =>
    code(() => ({
      operator: () => (inputs$: Any) =>
        inputs$.pipe(
          map(({ input }: Any) => input),
          bufferCount(4),
          map((values: unknown) => ({ output: { version, values } })),
        ),
    })),
  stream: (version) =>
    code(() => ({
      async *stream(inputs: AsyncIterable<Any>) {
        let values: unknown[] = []
        for await (const { input } of inputs) {
          values.push(input)
          if (values.length < 2) continue
          yield { output: { version, values } }
          values = []
        }
        if (values.length > 0) yield { output: { version, values } }
      },
    })),
}

const steps = fc.array(
  fc.oneof(
    fc.record({ send: fc.integer({ min: 1, max: 90 }) }),
    fc.constant('reload' as const),
    fc.constant('reload, and wait' as const),
    fc.constant('wait' as const),
  ),
  { maxLength: 12 },
)

for (const [form, plugin] of Object.entries(forms))
  scenario(
    `reload, ${form}: whatever the moment, every value comes out once, in order, by one version`,
    async (t, stage) => {
      await fc.assert(
        fc.asyncProperty(steps, async (plan) => {
          const { executor, session, got, send } = await running(stage, plugin(0))
          let sent = 0
          let version = 0
          const reloads: Promise<unknown>[] = []
          const reload = () => {
            const done = executor.reload(plugin(++version))
            reloads.push(done)
            return done
          }
          for (const step of plan)
            if (step === 'wait') await settled()
            else if (step === 'reload') void reload()
            else if (step === 'reload, and wait') await reload()
            else void send(...Array.from({ length: step.send }, () => sent++))
          const ledger = await session.end()
          await Promise.all(reloads)
          await executor.close()
          const outputs = got as { version: number; values: number[] }[]
          const values = outputs.flatMap((output) => output.values)
          const versions = outputs.map((output) => output.version)
          const inOrder = versions.every((one, at) => at === 0 || one >= (versions[at - 1] as number))
          return (
            values.length === sent &&
            values.every((value, at) => value === at) &&
            inOrder &&
            ledger.balanced &&
            ledger.in_flight === 0
          )
        }),
        { numRuns: 40 },
      )
      t.pass()
    },
  )
