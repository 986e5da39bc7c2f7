import type { NodeSpec } from '../contract/node-spec.ts'
import { NotAvailableError } from '../errors/classes.ts'
import type { Value, Values } from '../values.ts'

/** Forms input sets of values that arrive key by key, by the join of the spec. */
export interface KeyJoin {
  /** The sets that this value completes, or a record of a control input alone. */
  arrive(key: string, value: Value): readonly Values[]
  end(key: string): void
  /** No further set can be formed. */
  readonly over: boolean
}

/** `keys` are those that are fed. @throws NotAvailableError for `align`, which needs the edges of a graph. */
export function joinKeys(spec: NodeSpec, keys: readonly string[]): KeyJoin {
  const isControl = (key: string) => spec.inputs?.[key]?.mode === 'control'
  const data = keys.filter((key) => !isControl(key))
  const join = spec.join ?? 'zip'
  if (join === 'align' && data.length > 1)
    throw new NotAvailableError(`marbles of "${spec.type}": align matches media times on the edges of a graph`, {
      fix: 'test it in a pipeline, or give its sets to a harness',
    })
  const queues = new Map<string, Value[]>(data.map((key) => [key, []]))
  const latest: Record<string, Value> = {}
  const ended = new Set<string>()

  const zip = (key: string, value: Value) => {
    queues.get(key)?.push(value)
    if ([...queues.values()].some((queue) => queue.length === 0)) return []
    return [Object.fromEntries([...queues].map(([key, queue]) => [key, queue.shift()]))]
  }
  const newest = (key: string, value: Value) => {
    latest[key] = value
    const complete = data.every((key) => key in latest)
    return complete && (spec.trigger === undefined || spec.trigger === key) ? [{ ...latest }] : []
  }
  return {
    arrive(key, value) {
      if (isControl(key) || join === 'merge') return [{ [key]: value }]
      return join === 'latest' ? newest(key, value) : zip(key, value)
    },
    end: (key) => {
      ended.add(key)
    },
    get over() {
      if (data.length === 0) return false
      if (join === 'zip' || join === 'align') return data.some((key) => ended.has(key) && queues.get(key)?.length === 0)
      if (join === 'latest' && spec.trigger !== undefined) return ended.has(spec.trigger)
      return data.every((key) => ended.has(key))
    },
  }
}
