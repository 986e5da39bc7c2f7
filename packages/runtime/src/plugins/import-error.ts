import { isAnabranchError, PluginError } from '@anabranch/plugin-sdk'
import { importPlace } from './import-place.ts'

/**
 * What an import threw, as an error that names the plugin, the place and the way out; NotAvailableError stays what it is.
 *
 * @param files the file, and what it imports, as far as that is known
 */
export async function importError(who: string, thrown: unknown, files: readonly string[]): Promise<Error> {
  for (let cause = thrown, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    const abi = addonProblem(who, cause)
    if (abi !== null) return new PluginError(abi.message, { cause: thrown, fix: abi.fix })
  }
  if (isAnabranchError(thrown) && thrown.code === 'ANB_NOT_AVAILABLE') return thrown
  const { code } = (thrown ?? {}) as { code?: unknown }
  const message = (thrown instanceof Error ? thrown.message || thrown.name : String(thrown)).replace(/\s+/g, ' ')
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  const place = await importPlace(thrown, files)
  const at = place === null || message.includes(place) ? '' : ` at ${place}`
  return new PluginError(`plugin ${who} threw when it was imported: ${message}${at}`, {
    cause: thrown,
    fix: missing
      ? 'install what it imports, beside it'
      : ((isAnabranchError(thrown) ? thrown.fix : undefined) ?? 'import it alone with node to see where'),
  })
}

/** A binary that was made for another Node.js or another machine: who has what, and what this host needs. */
function addonProblem(who: string, error: Error): { message: string; fix: string } | null {
  if ((error as { code?: unknown }).code !== 'ERR_DLOPEN_FAILED') return null
  const { modules } = process.versions
  const [, file = 'its addon'] = /'([^']+\.node)'/.exec(error.message) ?? /^(\S+\.node):/.exec(error.message) ?? []
  const [, built] = /NODE_MODULE_VERSION (\d+)/.exec(error.message) ?? []
  if (built !== undefined)
    return {
      message: `plugin ${who}: ${file} is built for NODE_MODULE_VERSION ${built}, this Node.js ${process.version} needs ${modules}`,
      fix: 'build or install it for this Node.js (npm rebuild), or use a Node.js of that version',
    }
  return {
    message: `plugin ${who}: ${file} cannot be loaded on ${process.platform}-${process.arch}: ${error.message}`,
    fix: `install a build of it for ${process.platform}-${process.arch}`,
  }
}
