import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { OperatorFunction } from 'rxjs'
import { checkForm, checkSpec } from './check-spec.ts'
import type { NodeContext } from './context.ts'
import type { Emission, Life, NodeExecutor, Runtime } from './contract/node-executor.ts'
import type { AnySchema, NodeFactory, NodeRef, NodeSpec } from './contract/node-spec.ts'
import type { Format } from './format.ts'
import { parseParams } from './parse-params.ts'
import type { Inputs, InputsOf, Outputs, OutputsOf } from './ports.ts'
import { bodyExecutor, type RecordBody } from './record-body.ts'

/** The schema of a node without params. */
export type NoParams = Schema<{ readonly [key: string]: never }, {}>

type Returned<O> = keyof O extends never ? void | Promise<void> : Emission<OutputsOf<O>>

type Bodies<I, O> = {
  execute(inputs: InputsOf<I>, context: NodeContext): Returned<O>
  stream(inputs: AsyncIterable<InputsOf<I>>, context: NodeContext): AsyncIterable<OutputsOf<O>>
  source(context: NodeContext): AsyncIterable<OutputsOf<O>> | Iterable<OutputsOf<O>>
  operator(context: NodeContext): OperatorFunction<InputsOf<I>, OutputsOf<O>>
}
type OneOf<B> = { [K in keyof B]: Pick<B, K> & { [X in Exclude<keyof B, K>]?: never } }[keyof B]

/** What `create` returns: exactly one of the four forms, and the lifecycle it needs. */
export type NodeBody<I, O> = Life &
  OneOf<Bodies<I, O>> & {
    /** Delay of the node itself in µs, subtracted from media time under `time: samples`. */
    readonly delayUs?: number
    validateInputs?(inputs: InputsOf<I>): void | Promise<void>
    flush?(context: NodeContext): Returned<O>
  }

/** A node that was defined here: it can be put into a pipeline, a plugin or a registry, and made by itself. */
export interface DefinedNode<T extends string, S extends Schema, I extends Inputs, O extends Outputs>
  extends NodeRef<T, S, I, O> {
  readonly runtime: Runtime
  /** The formats of the outputs for these params and input formats, where they follow from them. */
  formats?(
    params: Schema.InferOutput<S>,
    inputs: { readonly [K in keyof I]: Format },
  ): { readonly [K in keyof O]?: Format }
  /** Params are parsed and defaults filled in. @throws InvalidParamsError listing every issue. */
  create(params?: Schema.InferInput<S>): NodeExecutor
}

/** What `defineNode` takes: the spec, and the function that makes one node from its parsed params. */
export type NodeDefinition<T extends string, S extends Schema, I extends Inputs, O extends Outputs> = NodeSpec<
  T,
  S,
  I,
  O
> & {
  formats?(
    params: Schema.InferOutput<S>,
    inputs: { readonly [K in keyof NoInfer<I>]: Format },
  ): { readonly [K in keyof NoInfer<O>]?: Format }
  create(params: Schema.InferOutput<S>): NodeBody<NoInfer<I>, NoInfer<O>>
  /** Params of an older `version` as those of this one, before they are parsed; left out, older ones are refused. */
  migrate?(params: Readonly<Record<string, unknown>>, from: number): object
}

/**
 * Defines a node. Its `execute` gets a plain record of typed inputs and returns a plain record of outputs.
 *
 * @throws PluginError where the spec contradicts itself (concurrency above 1 on a stateful node, `join: merge` with
 * required inputs of several keys, a trigger that is no input, …).
 */
export function defineNode<
  const T extends string,
  S extends Schema = NoParams,
  I extends Inputs = {},
  O extends Outputs = {},
>(definition: NodeDefinition<T, S, I, O>): DefinedNode<T, S, I, O> {
  const { create, formats, migrate, ...spec } = definition
  checkSpec(spec as NodeSpec)
  const head = {
    nodeType: spec.type,
    runtime: 'javascript' as const,
    inputKeys: Object.keys(spec.inputs ?? {}),
    outputKeys: Object.keys(spec.outputs ?? {}),
  }
  return {
    spec: spec as NodeSpec<T, S, I, O>,
    runtime: 'javascript',
    ...(formats && { formats }),
    ...(migrate && { migrate }),
    create(params) {
      const body = create(parseParams(spec.type, spec.params, params)) as RecordBody
      checkForm(spec as NodeSpec, body)
      return bodyExecutor(head, body)
    },
  }
}

/** The types of a node that lives elsewhere (Python, Rust, another host). */
export function describeNode<
  const T extends string,
  S extends Schema = NoParams,
  I extends Inputs = {},
  O extends Outputs = {},
>(spec: NodeSpec<T, S, I, O>): NodeRef<T, S, I, O> {
  checkSpec(spec as NodeSpec)
  return { spec }
}

/** Nodes under one name: what a package exports as its default. */
export interface Plugin {
  readonly name: string
  /** The version of the contract that the nodes are written for. */
  readonly apiVersion: 1
  // biome-ignore lint/suspicious/noExplicitAny: nodes of any params and ports
  readonly nodes: readonly (NodeFactory & NodeRef<string, AnySchema, any, any>)[]
}
