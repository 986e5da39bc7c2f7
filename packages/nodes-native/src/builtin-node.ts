import type { DefinedNode } from '@anabranch/plugin-sdk'
import { TWINS } from './javascript/twins.ts'
import { loaded } from './loaded.ts'
import { nativeNode } from './native-node.ts'

/** A built-in node as it runs here: native, or where the addon is missing its JavaScript form, if it has one. */
// biome-ignore lint/suspicious/noExplicitAny: ports of any node
export function builtinNode<N extends DefinedNode<any, any, any, any>>(type: N['spec']['type']): N {
  const twin = TWINS.find(({ spec }) => spec.type === type)
  return loaded.missing !== undefined && twin !== undefined
    ? (twin as unknown as N)
    : nativeNode<string, N>(loaded, type)
}
