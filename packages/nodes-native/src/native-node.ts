import {
  type AudioBuffer,
  anything,
  audio,
  type DefinedNode,
  type Inputs,
  InvalidParamsError,
  NodeNotFoundError,
  type NodeSpec,
  number,
  type Outputs,
  type Plain,
  pcm,
  text,
} from '@anabranch/plugin-sdk'
import { nearest, parseParams } from '@anabranch/plugin-sdk/host'
import type { Addon, NativePort } from './addon.ts'
import { nativeError } from './native-error.ts'
import { nativeExecutor } from './native-executor.ts'
import { paramsSchema } from './params-schema.ts'
import type { Schema } from './schema.ts'

/** A node type of an addon as a value for pipelines, plugins and `nodeOperator`. */
export type NativeNode<
  T extends string = string,
  // biome-ignore lint/suspicious/noExplicitAny: params of any node type
  S extends Schema = Schema<any, any>,
  I extends Inputs = { readonly input: Plain<'audio', AudioBuffer> },
  O extends Outputs = { readonly output: Plain<'audio', AudioBuffer> },
> = DefinedNode<T, S, I, O>

/**
 * The node type `type` of an addon. The compiler takes the types of its params and ports from the type arguments; what
 * holds at run time is what the addon describes.
 *
 * @throws NodeNotFoundError naming the nearest types.
 */
export function nativeNode<
  const T extends string,
  // biome-ignore lint/suspicious/noExplicitAny: nodes of any params and ports
  N extends DefinedNode<T, any, any, any> = NativeNode<T>,
>(addon: Addon, type: T): N {
  const description = addon.nodes.find((each) => each.type === type)
  if (description === undefined) {
    const types = addon.nodes.filter((each) => !each.internal).map((each) => each.type)
    throw new NodeNotFoundError(`${addon.name} has no native node "${type}"; it has ${types.join(', ')}`, {
      nearest: nearest(type, types),
    })
  }
  const schema = paramsSchema(description.params)
  const spec: NodeSpec = {
    type,
    summary: description.summary,
    params: schema,
    inputs: portsOf(description.inputs),
    outputs: portsOf(description.outputs),
    time: description.time,
    purity: description.purity,
    ...(description.filters && { filters: true }),
    ...(description.model && { model: true }),
    ...(description.heavy && { heavy: true }),
  }
  const node = {
    spec,
    runtime: 'native' as const,
    formats: (params: object) => JSON.parse(ask(() => addon.doors.formats(type, toJson(type, params)))),
    create(given: unknown) {
      const params = parseParams(type, schema, given)
      ask(() => addon.doors.check(type, toJson(type, params)))
      return nativeExecutor(addon, description, params)
    },
  }
  return node as unknown as N
}

const PORTS = { audio, pcm, text, number, json: anything } as const

function portsOf(described: readonly NativePort[]): Record<string, Plain> {
  return Object.fromEntries(
    described.map(({ key, kind, format }) => [key, format === undefined ? PORTS[kind] : PORTS[kind].with(format)]),
  )
}

function toJson(type: string, params: object): string {
  try {
    return JSON.stringify(params)
  } catch (cause) {
    throw new InvalidParamsError(`params of ${type} are no plain data: ${(cause as Error).message}`, { cause })
  }
}

function ask<T>(door: () => T): T {
  try {
    return door()
  } catch (error) {
    throw nativeError(error)
  }
}
