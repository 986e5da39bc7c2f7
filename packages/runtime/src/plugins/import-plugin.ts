import { isAnabranchError, type Plugin, PluginError } from '@anabranch/plugin-sdk'
import { checkPlugin } from '@anabranch/plugin-sdk/host'
import { importError } from './import-error.ts'
import { importModule } from './import-module.ts'
import { rememberPluginFile } from './plugin-file.ts'

/**
 * The plugin that a file exports as its default.
 *
 * @param fresh as the file is now, however often it was imported before
 */
export async function importPlugin(name: string, file: string, fresh: boolean): Promise<Plugin> {
  const who = `"${name}" (${file})`
  const { module, imports } = await (fresh ? importAnew(who, file) : importOnce(who, file))
  // A module that was compiled to CommonJS keeps its default export one level below.
  const plugin = (module.default as { default?: unknown } | undefined)?.default ?? module.default
  if (plugin === undefined)
    throw new PluginError(`${who} is no plugin: it has no default export`, {
      fix: 'export default definePlugin({ name, apiVersion: 1, nodes: [...] })',
    })
  checkAs(plugin, who)
  rememberPluginFile(plugin, { file, imports })
  return plugin
}

type Imported = { readonly module: Record<string, unknown>; readonly imports: readonly string[] | null }

async function importOnce(who: string, file: string): Promise<Imported> {
  try {
    return { module: await importModule(file), imports: null }
  } catch (thrown) {
    throw await importError(who, thrown, [file])
  }
}

/** The error says what the file imports all the same: what is to be mended may be there. */
async function importAnew(who: string, file: string): Promise<Imported> {
  const { importFresh } = await import('./import-fresh.ts')
  const done = await importFresh(file)
  if ('module' in done) return done
  const error = await importError(who, done.thrown, [file, ...done.imports])
  throw Object.assign(error, { imports: done.imports })
}

/** @throws PluginError for what is no plugin, also where it cannot even be read. */
export function checkAs(value: unknown, who: string): asserts value is Plugin {
  try {
    checkPlugin(value, who)
  } catch (thrown) {
    if (isAnabranchError(thrown)) throw thrown
    throw new PluginError(`${who} cannot be read: ${(thrown as Error)?.message ?? thrown}`, {
      cause: thrown,
      fix: 'export a plain object: definePlugin({ name, apiVersion: 1, nodes: [...] })',
    })
  }
}
