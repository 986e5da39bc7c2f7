import {
  type Inputs,
  type NodeFactory,
  type NodeRef,
  PluginError,
  type Port,
  type RequiredKeys,
  type ValueOf,
} from '@anabranch/plugin-sdk'
import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { EdgeSource, Manifest, ManifestHead, NodeOptions } from './manifest.ts'

/** The nodes of a pipeline literal, by id. */
export type Nodes = { readonly [id: string]: NodeRef }

// biome-ignore-start lint/suspicious/noExplicitAny: inference positions
type In<R> = R extends NodeRef<any, any, infer I, any> ? I : never
type Out<R> = R extends NodeRef<any, any, any, infer O> ? O : never
type Params<R> = R extends NodeRef<any, infer S, any, any> ? Schema.InferInput<S> : never
// Audio is pcm of one type and layout.
type Kinds<K> = K extends 'pcm' ? 'pcm' | 'audio' : K
type Fits<O, P> = P extends Port<infer K, infer T, any> ? (O extends Port<Kinds<K>, T, any> ? true : false) : false
type FromInputs<I, P> = { [K in keyof I & string]: Fits<I[K], P> extends true ? K : never }[keyof I & string]
type FromNodes<F, P, Own> = {
  [N in Exclude<keyof F, Own> & string]: {
    [K in keyof Out<F[N]> & string]: Fits<Out<F[N]>[K], P> extends true ? `${N}.${K}` : never
  }[keyof Out<F[N]> & string]
}[Exclude<keyof F, Own> & string]
// The detour over keyof makes the compiler list the names that would fit.
type Offer<R extends string, P> = [R] extends [never]
  ? `nothing else in this pipeline gives ${P extends Port<infer K, any, any> ? K : never}`
  : keyof { [X in R]: X }
type Wires<F, I, P, Own> = {
  readonly [K in RequiredKeys<P>]: EdgeSource<Offer<FromInputs<I, P[K]> | FromNodes<F, P[K], Own>, P[K]>>
} & {
  readonly [K in Exclude<keyof P, RequiredKeys<P>>]?: EdgeSource<
    Offer<FromInputs<I, P[K]> | FromNodes<F, P[K], Own>, P[K]>
  >
} extends infer W
  ? { readonly [K in keyof W]: W[K] }
  : never
type Needs<K extends string, T> = {} extends T ? { readonly [X in K]?: T } : { readonly [X in K]: T }
type Entry<R, F, I, Own> = NodeOptions & { readonly type: R } & Needs<'params', Params<R>> &
  Needs<'in', Wires<F, I, In<R>, Own>>
type OutputKey<F> = { [N in keyof F]: keyof Out<F[N]> & string }[keyof F]

/** Every output of a pipeline, as `node.key`. */
export type OutputRef<F> = keyof { [N in keyof F & string as `${N}.${keyof Out<F[N]> & string}`]: N }
/** The value at `node.key`, or at a bare key where only one node has it. */
export type ValueAt<F, R> = R extends `${infer N}.${infer K}`
  ? N extends keyof F
    ? K extends keyof Out<F[N]>
      ? ValueOf<Out<F[N]>[K]>
      : never
    : never
  : { [N in keyof F]: R extends keyof Out<F[N]> ? ValueOf<Out<F[N]>[R]> : never }[keyof F]
export type AnyRef<F> = OutputRef<F> | OutputKey<F>
// biome-ignore-end lint/suspicious/noExplicitAny: inference positions

const FACTORIES = Symbol.for('anabranch.factories')

/** A manifest that knows the types of its inputs and outputs, and carries its nodes' factories along unseen. */
export type Pipeline<I extends Inputs = Inputs, F extends Nodes = Nodes> = Manifest & {
  readonly '~types'?: { readonly inputs: I; readonly nodes: F }
}

/**
 * A pipeline in code. Pipeline inputs are named bare (`'mic'`), node outputs `'node.key'`; only what fits compiles.
 * The result is the plain manifest, each node named by its type; it equals the parsed YAML of the same pipeline.
 *
 * @throws PluginError where two different nodes have the same type name.
 */
export function definePipeline<F extends Nodes, I extends Inputs = {}>(
  pipeline: ManifestHead & {
    readonly inputs?: I
    readonly nodes: { readonly [N in keyof F]: Entry<F[N], F, I, N> }
  },
): Pipeline<I, F> {
  const entries = Object.entries(pipeline.nodes as Record<string, NodeOptions & { readonly type: NodeRef }>)
  const factories = new Map<string, NodeRef>()
  for (const [id, { type }] of entries) {
    const name = type.spec.type
    if ((factories.get(name) ?? type) !== type)
      throw new PluginError(`node "${id}": another node of this pipeline is of a type that is called "${name}" too`, {
        nodeId: id,
        fix: 'give one of them another type',
      })
    factories.set(name, type)
  }
  const nodes = Object.fromEntries(entries.map(([id, { type, ...rest }]) => [id, { type: type.spec.type, ...rest }]))
  const inputs =
    pipeline.inputs &&
    Object.fromEntries(
      Object.entries(pipeline.inputs).map(([name, { kind, format }]) => [
        name,
        format === undefined ? { kind } : { kind, format },
      ]),
    )
  const manifest = { version: 'v1' as const, ...pipeline, ...(inputs && { inputs }), nodes }
  Object.defineProperty(manifest, FACTORIES, { value: factories })
  return manifest as unknown as Pipeline<I, F>
}

/** The nodes that were put into a pipeline literal, by type; some of them may be described only. */
export function carriedFactories(manifest: Manifest): ReadonlyMap<string, NodeRef & Partial<NodeFactory>> {
  return (manifest as { [FACTORIES]?: ReadonlyMap<string, NodeRef & Partial<NodeFactory>> })[FACTORIES] ?? new Map()
}
