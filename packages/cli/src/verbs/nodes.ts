import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import type { Catalogue } from '../nodes/catalogue.ts'
import { describedPlugin } from '../nodes/described-plugin.ts'
import { installedPlugins } from '../nodes/installed-plugins.ts'
import { knownTypes } from '../nodes/known-types.ts'
import type { DescribedPort, NodeType } from '../nodes/node-type.ts'
import { columns } from '../text/columns.ts'
import { paintFor } from '../text/paint.ts'

/** Lists node types, or those that a word is found in. */
export async function nodesVerb(
  word: string | undefined,
  { json, plugin = [] }: { readonly json?: boolean; readonly plugin?: readonly string[] },
  io: Io,
): Promise<number> {
  const installed = installedPlugins().filter((name) => !plugin.includes(name))
  const described = installed.filter((name) => describedPlugin(name, '.') !== undefined)
  const found = await knownTypes([...plugin, ...described])
  const types = found.types.filter((node) => word === undefined || matches(node, word))
  tellFailed(found, io)
  if (json) io.stdout.write(`${JSON.stringify(types)}\n`)
  else {
    io.stdout.write(types.length === 0 ? `no node type has "${word}" in it\n` : listText(types, io))
    const more = installed.filter((name) => !described.includes(name))
    if (more.length > 0) io.stderr.write(`not loaded: ${more.join(', ')}; add --plugin NAME to list its nodes\n`)
  }
  return found.failed.length > 0 || types.length === 0 ? EXIT.failed : EXIT.ok
}

/** Plugins that could not be loaded, on stderr: the others are listed all the same. */
export function tellFailed({ failed }: Pick<Catalogue, 'failed'>, io: Io): void {
  for (const { plugin, error } of failed) {
    const { fix } = error as { fix?: string }
    io.stderr.write(`${plugin}: ${error.message}${fix === undefined ? '' : `\n  fix: ${fix}`}\n`)
  }
}

function matches({ type, summary, inputs, outputs }: NodeType, word: string): boolean {
  const kinds = [...inputs, ...outputs].map(({ kind }) => kind)
  return [type, summary, ...kinds].some((text) => text.toLowerCase().includes(word.toLowerCase()))
}

function listText(types: readonly NodeType[], io: Io): string {
  const paint = paintFor(io.stdout, io.env)
  const lines = columns(types.map((node) => [node.type, runtimesOf(node), kindsOf(node)]))
  const width = Math.max(...lines.map((line) => line.length))
  return types
    .map(({ type, summary }, at) => {
      const line = (lines[at] as string).padEnd(width)
      return `${paint.bold(type)}${line.slice(type.length)}  ${paint.dim(summary)}\n`
    })
    .join('')
}

/** `native, javascript`; one that cannot run here is in brackets. */
function runtimesOf({ runtimes }: NodeType): string {
  return runtimes.map(({ runtime, available }) => (available ? runtime : `(${runtime})`)).join(', ')
}

function kindsOf({ inputs, outputs }: NodeType): string {
  const kinds = (ports: readonly DescribedPort[]) => [...new Set(ports.map(({ kind }) => kind))].join(', ')
  return `${kinds(inputs)} → ${kinds(outputs)}`.trim()
}
