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
  text,
} from '@anabranch/plugin-sdk'
import { nearest, parseParams } from '@anabranch/plugin-sdk/host'
import type { Addon, NativeDescription } from './addon.ts'
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
export function nativeNode<const T extends string, N extends NativeNode<T> = NativeNode<T>>(addon: Addon, type: T): N {
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
  }
  const node = {
    spec,
    runtime: 'native' as const,
    create(given: unknown) {
      const params = parseParams(type, schema, given)
      check(addon, type, params)
      return nativeExecutor(addon.doors, description, params)
    },
  }
  return node as unknown as N
}

const PORTS = { audio, text, number, json: anything } as const

function portsOf(described: NativeDescription['inputs']): Record<string, Plain> {
  return Object.fromEntries(described.map(({ key, kind }) => [key, PORTS[kind]]))
}

/** Has Rust check the params too. */
function check(addon: Addon, type: string, params: object): void {
  let json: string
  try {
    json = JSON.stringify(params)
  } catch (cause) {
    throw new InvalidParamsError(`params of ${type} are no plain data: ${(cause as Error).message}`, { cause })
  }
  try {
    addon.doors.check(type, json)
  } catch (error) {
    throw nativeError(error)
  }
}
