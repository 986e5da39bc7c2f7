import {
  type AudioBuffer,
  type DefinedNode,
  type Inputs,
  InvalidParamsError,
  NodeNotFoundError,
  type Outputs,
  type Plain,
} from '@anabranch/plugin-sdk'
import { checkSpec, LIMITS, nearest, parseParams } from '@anabranch/plugin-sdk/host'
import type { Addon } from './addon.ts'
import { nativeError } from './native-error.ts'
import { nativeExecutor } from './native-executor.ts'
import type { Schema } from './schema.ts'
import { specOf } from './spec-of.ts'

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
 * holds at run time is what the addon describes. Of a missing addon it is a node that says so and cannot be made.
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
  const spec = specOf(description)
  checkSpec(spec)
  const { missing } = addon
  const node = {
    spec,
    runtime: 'native' as const,
    threadInFlight: LIMITS.native_in_flight,
    ...(missing && { available: () => missing }),
    formats: (params: object) => JSON.parse(ask(() => addon.doors.formats(type, toJson(type, params)))),
    ...(description.migrates && {
      migrate: (params: object, from: number) =>
        JSON.parse(ask(() => addon.doors.migrate(type, toJson(type, params), from))),
    }),
    create(given: unknown) {
      const params = parseParams(type, spec.params, given)
      ask(() => addon.doors.check(type, toJson(type, params)))
      return nativeExecutor(addon, description, params)
    },
  }
  return node as unknown as N
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
