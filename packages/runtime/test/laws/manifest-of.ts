import { anything, defineNode, type NodeFactory } from '@anabranch/plugin-sdk'
import { type Manifest, Registry } from '@anabranch/runtime'
import type { Planned } from './plan.ts'
import { randomNode } from './random-node.ts'
import type { makeWorld } from './world.ts'

/** The pipeline of a plan. */
export function manifestOf(plan: readonly Planned[]): Manifest {
  const ref = ([producer, key]: readonly [number, number]) => {
    const { id, kind, sent } = plan[producer] as Planned
    return sent ? 'sent' : `${id}.${kind === 'split' ? (['a', 'b'][key] as string) : 'output'}`
  }
  const nodes = plan
    .filter(({ sent }) => !sent)
    .map((node) => {
      const { id, kind, from, policy, max, bestEffort, join, triggered, late, onError } = node
      const options = { policy, ...(policy !== 'latest' && { max }), best_effort: bestEffort || policy === 'latest' }
      const edges = from.map((one) => ({ from: ref(one), ...options }))
      const fed = join === 'merge' ? { k0: edges } : Object.fromEntries(edges.map((edge, at) => [`k${at}`, edge]))
      const several = from.length > 1
      return [
        id,
        {
          type: id,
          ...(from.length > 0 && { in: fed as never }),
          ...(several && { join }),
          ...(several && triggered && { trigger: 'k0' }),
          ...(several && join === 'align' && { tolerance_ms: 0.5, late }),
          on_error: onError,
          ...(kind === 'retried' && { retry: { max_retries: 2, base_ms: 10 }, breaker: { failures: 1e6 } }),
          ...(kind !== 'retried' &&
            !kind.startsWith('operator') &&
            !kind.startsWith('stream') &&
            kind !== 'source' && { breaker: { failures: 1e6 } }),
        },
      ] as const
    })
  const inputs = plan.some(({ sent }) => sent) ? { inputs: { sent: { kind: 'anything' } } } : {}
  return { version: 'v1', ...inputs, nodes: Object.fromEntries(nodes) }
}

/** A factory for each of its nodes. */
export function registryOf(
  plan: readonly Planned[],
  world: ReturnType<typeof makeWorld>,
  mischief: Parameters<typeof randomNode>[2],
): Registry {
  const registry = new Registry()
  for (const node of plan)
    if (!node.sent)
      registry.register(
        node.id,
        node.source === undefined ? randomNode(node, world, mischief) : sourceNode(node, world),
      )
  return registry
}

function sourceNode({ source = [], async }: Planned, world: ReturnType<typeof makeWorld>): NodeFactory {
  return defineNode({
    type: 'Numbers',
    summary: 'Gives its numbers, one a millisecond.',
    outputs: { output: anything },
    create: () => ({
      source: async
        ? async function* (context) {
            for (const [pts, x] of source) yield await world.later(() => context.at(pts, { output: { roots: [], x } }))
          }
        : function* (context) {
            for (const [pts, x] of source) yield context.at(pts, { output: { roots: [], x } })
          },
    }),
  }) as unknown as NodeFactory
}
