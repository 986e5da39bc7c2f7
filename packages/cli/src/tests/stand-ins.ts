import {
  AudioBuffer,
  anything,
  audio,
  defineNode,
  type NodeContext,
  type Outputs,
  type Plain,
  type Value,
  type Values,
} from '@anabranch/plugin-sdk'
import { sleep } from '@anabranch/runtime'

/** A value that came to an expectation, and when, in ms of the clock of the case. */
export interface Recorded {
  readonly value: unknown
  readonly ms: number
}

const portsOf = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, anything]))

/** A node that answers its input sets with what was written down, in turn; after that with nothing. */
export function emittingNode(type: string, { inputs, outputs, emit, delayMs }: EmittingNode) {
  const answers = Math.max(0, ...Object.values(emit).map((list) => list.length))
  let at = 0
  const next = () => {
    const index = at++
    if (index >= answers) return undefined
    return Object.fromEntries(Object.entries(emit).map(([key, list]) => [key, list[index] as Value]))
  }
  return defineNode({
    type,
    summary: 'Stands in for a node in a test.',
    inputs: portsOf(inputs),
    outputs: portsOf(outputs),
    filters: true,
    create: () => ({
      execute: (_inputs: object, context: NodeContext) => {
        const answer = next()
        if (delayMs === 0) return answer
        return new Promise<Values | undefined>((resolve) => {
          context.clock.setTimeout(() => resolve(answer), delayMs)
        })
      },
    }),
  } as never)
}

export interface EmittingNode {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly emit: Readonly<Record<string, readonly unknown[]>>
  readonly delayMs: number
}

/** What one fed key gives, each value with the time at which it is due, ms from the start. */
export interface Schedule {
  readonly key: string
  readonly values: readonly { readonly value: unknown; readonly ms: number }[]
}

/** A source that gives what is written down, when it is due. `outputs` are all keys that are read of it. */
export function fedSource(type: string, outputs: readonly string[], schedules: readonly Schedule[]) {
  const items = schedules
    .flatMap(({ key, values }) => values.map((each) => ({ key, ...each })))
    .sort((a, b) => a.ms - b.ms)
  const ports: Outputs = Object.fromEntries(
    outputs.map((key) => [key, portOf(schedules.find((one) => one.key === key))]),
  )
  return defineNode({
    type,
    summary: 'Stands in for a source in a test.',
    outputs: ports,
    create: () => ({
      async *source({ clock, signal }: NodeContext) {
        const start = clock.now()
        for (const { key, value, ms } of items) {
          const wait = start + ms - clock.now()
          if (wait > 0) await sleep(clock, wait, signal)
          if (signal.aborted) return
          yield { [key]: value }
        }
      },
    }),
  } as never)
}

function portOf(schedule: Schedule | undefined): Plain {
  const first = schedule?.values[0]?.value
  if (!(first instanceof AudioBuffer)) return anything
  return audio.with({ sampleRate: first.sampleRate, channels: first.channels })
}

/** A sink that keeps what comes, in memory of its own. */
export function recorder(type: string, into: Recorded[], now: () => number) {
  return defineNode({
    type,
    summary: 'Keeps what comes for a test.',
    purity: 'effectful',
    inputs: { input: anything },
    create: () => ({
      execute({ input }) {
        into.push({ value: input instanceof AudioBuffer ? input.copy() : input, ms: now() })
      },
    }),
  })
}
