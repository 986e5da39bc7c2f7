import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { API_VERSION } from '@anabranch/plugin-sdk'
import type { NodeType } from './node-type.ts'

/** The field `anabranch` of a package.json, as `anabranch plugin build` writes it. */
interface Described {
  readonly apiVersion: number
  readonly nodes: readonly (Omit<NodeType, 'runtimes'> & {
    readonly runtimes: readonly string[]
    readonly costs?: object
  })[]
}

/**
 * The node types of an installed package by its description: nothing of it is executed. Undefined where it has none for
 * this version of the contract, and where its nodes may lack something here, which only its code can tell.
 */
export function describedPlugin(name: string, folder: string): NodeType[] | undefined {
  const described = packageField(name, resolve(folder))
  if (described?.apiVersion !== API_VERSION || !Array.isArray(described.nodes)) return undefined
  if (described.nodes.some(({ type, runtimes }) => typeof type !== 'string' || String(runtimes) !== 'javascript'))
    return undefined
  return described.nodes.map(({ costs: _, ...node }) => ({
    ...node,
    runtimes: [{ runtime: 'javascript', plugin: name, available: true }],
  }))
}

/** Of the package that an import from this folder would find. */
function packageField(name: string, folder: string): Partial<Described> | undefined {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const text = readFileSync(join(at, 'node_modules', name, 'package.json'), 'utf8')
      return (JSON.parse(text) as { readonly anabranch?: Described }).anabranch
    } catch {
      if (dirname(at) === at) return undefined
    }
  }
}
