import { anything, defineNode, derived, type NodeFactory, type NodeSpec } from '@anabranch/plugin-sdk'
import { bufferCount, filter, map, mergeMap, type Observable, of, scan, startWith, take } from 'rxjs'
import type { Planned } from './plan.ts'
import { timerOperator } from './timer-operator.ts'
import { made, numberOf, rootsOf, type Token } from './token.ts'
import type { World } from './world.ts'

/** What the nodes of a run may do beside their work. */
export interface Mischief {
  /** May interrupt the session, or throw. */
  strike(): void
  /** Told each input set as it is first seen, and the numbers by key that are new in it: not those `latest` uses again. */
  saw(node: Planned, x: number, fresh: readonly (readonly [key: string, x: number])[]): void
}

type Record_ = { readonly [key: string]: unknown }

/** Values that `latest` uses a second time belong to no root: seen again under their key, they lose their ids. */
function freshener(node: Planned, mischief: Mischief): (inputs: Record_) => Record_ {
  const last = new Map<string, unknown>()
  const known = new WeakMap<object, Record_>()
  return (inputs) => {
    const before = known.get(inputs)
    if (before !== undefined) return before // A retry: the same set again.
    const fresh = Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => {
        const again = node.join === 'latest' && last.get(key) === value && value !== undefined
        last.set(key, value)
        return [key, again ? { roots: [], x: numberOf(value) } : value]
      }),
    )
    known.set(inputs, fresh)
    const isNew = ([, value]: [string, unknown]) => value !== undefined && rootsOf(value).length > 0
    mischief.saw(
      node,
      numberOf(fresh),
      Object.entries(fresh)
        .filter(isNew)
        .map(([key, value]) => [key, numberOf(value)]),
    )
    return fresh
  }
}

/** The node of one plan entry, with the form and manners of its kind. */
export function randomNode(node: Planned, world: World, mischief: Mischief): NodeFactory {
  const i = node.index
  const fresh = freshener(node, mischief)
  const work = (inputs: Record_): Token => {
    const value = fresh(inputs)
    mischief.strike()
    return made(i, value)
  }
  const out = (output: Token) => ({ output })
  const plus = (token: Token, x: number): Token => ({ ...token, x: token.x + x })
  const kept = ({ x }: Token) => x % 3 !== 0
  const keys = node.join === 'merge' ? ['k0'] : node.from.map((_, at) => `k${at}`)
  const pure = ['map', 'promise', 'generator', 'asyncGenerator', 'expand', 'filter', 'retried'].includes(node.kind)
  const lineage = node.kind === 'operatorExpand' ? (node.variant % 2 === 1 ? 'each' : 'span') : lineages[node.kind]
  const spec = {
    type: 'RandomNode',
    summary: 'A node of a random graph.',
    inputs: Object.fromEntries(keys.map((key) => [key, node.join === 'align' ? anything.optional() : anything])),
    outputs: outputsOf(node),
    ...(pure && { purity: 'pure', retrySafe: node.kind === 'retried', concurrency: node.concurrency }),
    ordered: node.ordered,
    ...(node.kind === 'chunker' && { time: 'span' }),
    ...(lineage !== undefined && { lineage }),
    timed: node.kind === 'operatorTimer' || node.kind === 'operatorDerived',
  } as NodeSpec
  let calls = 0
  const failed = new WeakSet<object>()
  const body = (): object => {
    switch (node.kind) {
      case 'filter':
        return { execute: (v: Record_) => [work(v)].filter(kept).map(out)[0] }
      case 'expand':
        return { execute: (v: Record_) => [work(v)].flatMap((w) => [w, plus(w, 1), plus(w, 2)]).map(out) }
      case 'split':
        return {
          execute: (v: Record_) => {
            const w = work(v)
            return w.x % 2 === 1 ? { a: w, b: undefined } : { a: { ...w }, b: { ...w } }
          },
        }
      case 'promise':
        return {
          execute: (v: Record_) => {
            const value = fresh(v)
            return world.later(() => {
              mischief.strike()
              const w = made(i, value)
              return w.x % 5 === 0 ? undefined : out(w)
            })
          },
        }
      case 'generator':
        return {
          execute: (v: Record_) => {
            const value = fresh(v) // A generator's body starts only when it is pulled.
            return (function* () {
              mischief.strike()
              const w = made(i, value)
              yield out(w)
              mischief.strike()
              yield out(plus(w, 1))
            })()
          },
        }
      case 'asyncGenerator':
        return {
          execute: (v: Record_) => {
            const value = fresh(v)
            return (async function* () {
              await world.later(() => 0)
              const w = made(i, value)
              yield out(w)
              await world.later(() => mischief.strike())
              yield out(plus(w, 1))
            })()
          },
        }
      case 'retried':
        return {
          execute: (v: Record_) => {
            const value = fresh(v)
            if (!failed.has(v) && ++calls % 3 === 0) {
              failed.add(v)
              throw new Error('the first time')
            }
            if (node.variant % 2 === 0) return out(made(i, value))
            return world.later(() => out(made(i, value)))
          },
        }
      case 'tail':
        return {
          execute: (v: Record_) => out(work(v)),
          flush: () => [out({ roots: [], x: i }), out({ roots: [], x: i + 1 })],
        }
      case 'chunker': {
        let kept: Token[] = []
        const size = 1 + (node.variant % 7)
        const all = () => {
          const chunk = kept
          kept = []
          return out(made(i, chunk))
        }
        return {
          execute: (v: Record_) => {
            kept.push(work(v))
            return kept.length >= size ? all() : undefined
          },
          flush: () => (kept.length > 0 ? all() : undefined),
          reset: () => {
            kept = []
          },
        }
      }
      case 'operatorMap':
        return { operator: () => map((v: Record_) => out(work(v))) }
      case 'operatorFilter':
        return { operator: () => (s: Observable<Record_>) => s.pipe(map(work), filter(kept), map(out)) }
      case 'operatorExpand':
        return {
          operator: () =>
            mergeMap((v: Record_) => {
              const w = work(v)
              return of(out(w), out(plus(w, 1)))
            }),
        }
      case 'operatorBatch':
        return {
          operator: () => (s: Observable<Record_>) =>
            s.pipe(
              map(work),
              bufferCount(1 + (node.variant % 7)),
              map((batch) => out(made(i, batch))),
            ),
        }
      case 'operatorTimer':
        return { operator: () => timerOperator(i, work, world) }
      case 'operatorDerived':
        return {
          operator: () =>
            mergeMap((v: Record_) => {
              const value = fresh(v)
              return world.later(() => derived(v, node.variant % 3 === 0 ? undefined : out(made(i, value))))
            }),
        }
      case 'operatorTake':
        return { operator: () => (s: Observable<Record_>) => s.pipe(map(work), take(5), map(out)) }
      case 'operatorStart':
        return {
          operator: () => (s: Observable<Record_>) =>
            s.pipe(
              map(work),
              scan((sum, w) => ({ ...w, x: sum.x + w.x })),
              startWith({ roots: [], x: 5 }),
              map(out),
            ),
        }
      case 'streamEach':
        return {
          async *stream(inputs: AsyncIterable<Record_>) {
            for await (const v of inputs) yield out(work(v))
          },
        }
      case 'streamSpan':
        return {
          async *stream(inputs: AsyncIterable<Record_>) {
            let pair: Token[] = []
            for await (const v of inputs) {
              pair.push(work(v))
              if (pair.length < 2) continue
              yield out(made(i, pair))
              pair = []
            }
          },
        }
      case 'sink':
        return { execute: (v: Record_) => void work(v) }
      case 'slowSink':
        return {
          execute: (v: Record_) => {
            const value = fresh(v)
            return world.later(() => {
              mischief.strike()
              void rootsOf(value)
            })
          },
        }
      default:
        return { execute: (v: Record_) => out(work(v)) }
    }
  }
  return defineNode({ ...spec, create: body } as never) as unknown as NodeFactory
}

const lineages: Partial<Record<Planned['kind'], string>> = {
  operatorMap: 'each',
  operatorFilter: 'each',
  operatorTake: 'each',
  operatorStart: 'each',
  operatorDerived: 'derived',
  streamEach: 'each',
}

function outputsOf({ kind }: Planned): NodeSpec['outputs'] {
  if (kind === 'sink' || kind === 'slowSink') return {}
  return kind === 'split' ? { a: anything, b: anything } : { output: anything }
}
