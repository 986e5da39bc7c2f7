import type { EdgePolicy } from '@anabranch/runtime'
import { type GraphSpec, JOINS, KINDS, type Kind, POLICIES, randomFrom } from './spec.ts'
import type { Expected } from './token.ts'

/** A node of a random graph with all its choices made. Sources and the user's input come first. */
export interface Planned {
  readonly index: number
  readonly id: string
  readonly kind: Kind | 'source' | 'sink' | 'slowSink'
  /** Producer index and output key index, per in-edge. */
  readonly from: readonly (readonly [producer: number, key: number])[]
  readonly keys: number
  readonly join: (typeof JOINS)[number]
  readonly triggered: boolean
  readonly late: 'drop' | 'emit-alone'
  readonly policy: EdgePolicy
  readonly bestEffort: boolean
  readonly max: number
  readonly variant: number
  readonly concurrency: number
  readonly ordered: boolean
  readonly onError: 'fail' | 'skip' | 'dead-letter'
  /** What it gives, where it is a source; `sent` is the user's. */
  readonly source?: readonly Expected[]
  readonly sent?: boolean
  readonly async?: boolean
}

const BASE = {
  from: [],
  keys: 1,
  join: 'zip',
  triggered: false,
  late: 'drop',
  policy: 'block',
  bestEffort: false,
  max: 8,
  variant: 0,
  concurrency: 1,
  ordered: true,
  onError: 'skip',
} as const

const DROPPING: readonly EdgePolicy[] = ['drop-oldest', 'drop-newest', 'latest']

const numbers = (n: number, i: number): Expected[] => Array.from({ length: n }, (_, j) => [j * 1000, (j + 1) * 10 + i])

export function planOf(spec: GraphSpec): Planned[] {
  const random = randomFrom(spec.seed)
  const clean = !spec.interrupts && !spec.faults && !spec.drops && spec.cancel === 0
  const plan: Planned[] = []
  const afterDrops = new Set<number>()
  const add = (node: Omit<Planned, 'index' | 'id'>) => {
    const index = plan.length
    plan.push({ ...node, index, id: `${node.kind}${index}` })
  }
  for (const [i, { n, async }] of spec.sources.entries()) add({ ...BASE, kind: 'source', source: numbers(n, i), async })
  if (spec.sent > 0) add({ ...BASE, kind: 'source', source: numbers(spec.sent, 9), sent: true })
  for (const d of spec.nodes) {
    const kind = KINDS[d.kind % KINDS.length] as Kind
    const from = d.ins.slice(0, plan.length).map((at) => {
      const producer = at % plan.length
      return [producer, at % (plan[producer]?.keys ?? 1)] as const
    })
    const policy = spec.drops ? (POLICIES[d.policy % 6] as EdgePolicy) : 'block'
    // A zip with a dropping edge before it is refused, as are edges too short for an align.
    const drops = DROPPING.includes(policy) || from.some(([producer]) => afterDrops.has(producer))
    if (drops) afterDrops.add(plan.length)
    const asked = JOINS[d.join % 4] as (typeof JOINS)[number]
    const join = asked === 'zip' && drops ? 'latest' : asked
    const aligned = join === 'align' && from.length > 1
    const pure = ['map', 'promise', 'generator', 'asyncGenerator', 'expand', 'filter', 'retried'].includes(kind)
    add({
      ...BASE,
      kind,
      from,
      keys: kind === 'split' ? 2 : 1,
      join,
      triggered: join === 'latest' && d.variant % 2 === 1,
      late: d.onError % 2 === 1 ? 'emit-alone' : 'drop',
      policy: aligned && policy === 'latest' ? 'drop-oldest' : policy,
      bestEffort: d.policy % 12 === 4,
      // An align may need to look past every item of its siblings; with less it settles heads as late, rightly.
      max: aligned ? (clean ? 500 : 2 + (d.max % 8)) : 1 + (d.max % 8),
      variant: d.variant,
      concurrency: pure ? 1 + (d.variant % 4) : 1,
      ordered: d.variant % 8 < 6,
      onError: (['fail', 'skip', 'dead-letter'] as const)[d.onError % 3] as 'fail' | 'skip' | 'dead-letter',
    })
  }
  const read = new Set(plan.flatMap(({ from }) => from.map(([producer, key]) => `${producer}.${key}`)))
  for (const { index, keys } of [...plan])
    for (let key = 0; key < keys; key++) {
      if ((read.has(`${index}.${key}`) && random() < 0.5) || random() < 0.1) continue
      add({
        ...BASE,
        kind: random() < 0.3 ? 'slowSink' : 'sink',
        from: [[index, key]],
        max: 1 + Math.floor(random() * 5),
      })
    }
  return plan
}
