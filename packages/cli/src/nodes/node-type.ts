import type { NodeSpec, Port, Runtime } from '@anabranch/plugin-sdk'
import { type JsonSchema, jsonSchemaOf } from '@anabranch/runtime'
import type { KnownCost } from '../cost/cost-label.ts'
import type { OfferedNode } from './catalogue.ts'
import { inlined } from './inlined.ts'

/** What is known of a node type, over all plugins and runtimes that offer it. */
export interface NodeType {
  readonly type: string
  readonly summary: string
  readonly runtimes: readonly OfferedRuntime[]
  readonly purity: string
  readonly inputs: readonly DescribedPort[]
  readonly outputs: readonly DescribedPort[]
  /** Draft-07; null where the schema of the node cannot be said as one. */
  readonly params: JsonSchema | null
}

export interface OfferedRuntime {
  readonly runtime: Runtime
  readonly plugin: string
  readonly available: boolean
  readonly reason?: string
  readonly fix?: string
  /** What it was measured to cost, where its package says so. */
  readonly cost?: KnownCost
}

export interface DescribedPort {
  readonly key: string
  readonly kind: string
  readonly mode: string
  readonly format?: object
}

/** Node types in the order in which they are offered; of several runtimes the first says what it is. */
export function nodeTypes(nodes: readonly OfferedNode[]): NodeType[] {
  return [...byType(nodes).values()].map((offers) => {
    const { spec, type } = offers[0] as OfferedNode
    return {
      type,
      summary: spec.summary,
      runtimes: offers.map(({ runtime, plugin, lack }) => ({
        runtime,
        plugin,
        available: lack === null,
        ...(lack !== null && lack),
      })),
      purity: spec.purity ?? 'stateful',
      inputs: ports(spec.inputs),
      outputs: ports(spec.outputs),
      params: paramsOf(spec),
    }
  })
}

/** Empty where it takes none; null where its schema cannot be said as one. */
function paramsOf({ params }: NodeSpec): JsonSchema | null {
  const schema = params === undefined ? {} : jsonSchemaOf(params, 'draft-07')
  return schema === undefined ? null : inlined(schema)
}

function byType(nodes: readonly OfferedNode[]): Map<string, OfferedNode[]> {
  const groups = new Map<string, OfferedNode[]>()
  for (const node of nodes) groups.set(node.type, [...(groups.get(node.type) ?? []), node])
  return groups
}

function ports(of: Readonly<Record<string, Port>> = {}): DescribedPort[] {
  return Object.entries(of).map(([key, { kind, mode, format }]) => ({
    key,
    kind,
    mode,
    ...(format !== undefined && { format }),
  }))
}
