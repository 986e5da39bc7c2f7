import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { NodeFactory, NodeSpec, Plugin } from '@anabranch/plugin-sdk'
import { bodyExecutor, recordBody } from '@anabranch/plugin-sdk/host'
import { OWN_PLUGINS } from '../../nodes/own-plugins.ts'
import { observe } from './observation.ts'
import { watchResources } from './resources.ts'
import { watchedBody } from './watched-body.ts'

// A plugin of its own for the engine and its threads: the nodes of another one, watched. Which one, the program of this
// process says by a variable, as its threads have no other way to know.
const { name, from } = JSON.parse(process.env.ANABRANCH_CONFORM ?? '{}') as { name: string; from: string }
watchResources()
const before = active()
/** The plugin as it is. */
export const plugin = await load()
const running = active().filter((kind) => !before.includes(kind))
if (plugin.nodes.every(({ runtime }) => runtime === 'javascript') && running.length > 0)
  observe({ rule: 'C4', message: `its import left ${running.join(', ')} running` })

async function load(): Promise<Plugin> {
  const own = OWN_PLUGINS[name]
  if (own !== undefined) return (await own()).default
  // The usual case of a thread, which would load the engine for nothing else.
  if (/^(\.{0,2}\/).*\.m?js$/.test(name)) {
    const module = (await import(pathToFileURL(resolve(from, name)).href)) as { readonly default?: Plugin }
    if (module.default?.nodes !== undefined) return module.default
  }
  const { loadPlugins } = await import('@anabranch/runtime')
  return (await loadPlugins([name], { from, importMs: 0 }))[0] as Plugin
}

function active(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(Timeout|TCP|UDP|Process|Worker|FSEvent)/.test(kind))
}

type Node = Plugin['nodes'][number] & NodeFactory & { readonly formats?: (...given: never[]) => unknown }

function watched(node: Node): Plugin['nodes'][number] {
  const spec = node.spec as NodeSpec
  const made: NodeFactory & Partial<Pick<Node, 'formats'>> = {
    runtime: node.runtime,
    spec,
    available: () => node.available?.() ?? null,
    ...(node.inFlight !== undefined && { inFlight: node.inFlight }),
    ...(node.formats && { formats: (...given: never[]) => node.formats?.(...given) }),
    ...(node.inGroup && { inGroup: (group: string) => watched(node.inGroup?.(group) as Node) }),
    create(params: unknown) {
      const executor = node.create(params)
      return bodyExecutor(executor, watchedBody(spec, node.runtime, recordBody(executor)))
    },
  }
  return made as unknown as Plugin['nodes'][number]
}

export default { ...plugin, name: plugin.name, nodes: plugin.nodes.map((node) => watched(node as Node)) }
