import { relative, resolve } from 'node:path'
import { type NodeFactory, type Plugin, PluginError } from '@anabranch/plugin-sdk'
import { importPlugin } from './import-plugin.ts'
import { pluginOriginOf } from './plugin-file.ts'
import { type StandbyTrial, tryImports } from './try-imports.ts'

/** New code: a plugin, and the file that it was loaded from; null for one that was given as a value. */
export interface NewCode {
  readonly plugin: Plugin
  readonly file: string | null
}

/**
 * The plugins of these nodes that are in a file or import it, as they are now. Each is tried in a process of its own
 * first: what loops, exits or crashes at its import must not do it to a run.
 *
 * @throws PluginError where none of them is of that file, and for one that cannot be loaded, with its place.
 */
export async function importAgain(
  name: string,
  factories: readonly NodeFactory[],
  folder: string,
  importMs: number,
  standby: StandbyTrial | null,
): Promise<NewCode[]> {
  const changed = resolve(folder, name)
  const origins = factories.flatMap((factory) => pluginOriginOf(factory) ?? [])
  const concerned = origins.filter(({ file, imports }) => file === changed || imports?.includes(changed))
  const files = [...new Set(concerned.map(({ file }) => file))]
  if (files.length === 0)
    throw new PluginError(`no node of this pipeline comes from ${changed}`, {
      fix: 'name a file that `plugins:` names by its path, or one that it imports',
    })
  const verdicts = importMs > 0 ? await tryImports(files, importMs, standby) : []
  return Promise.all(
    files.map(async (file, at): Promise<NewCode> => {
      const shown = `./${relative(folder, file)}`
      const verdict = verdicts[at] ?? null
      if (verdict !== null) throw new PluginError(`plugin "${shown}" (${file}) ${verdict.what}`, { fix: verdict.fix })
      return { plugin: await importPlugin(shown, file, true), file }
    }),
  )
}
