import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { userCacheFolder } from './user-cache-folder.ts'

const TYPESCRIPT = ['.ts', '.mts', '.cts']
/** Node's own type stripping is off, or cannot do this file: below node_modules, enums, parameter properties. */
const NOT_STRIPPED = [
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]

/**
 * What a file exports. TypeScript is loaded by Node where Node can, else by jiti, which is imported only then; what it
 * makes of a file is kept, by the content of the file.
 *
 * @param query makes it another module than it was under another query, for Node.js
 */
export async function importModule(file: string, query = ''): Promise<Record<string, unknown>> {
  const url = pathToFileURL(file).href + query
  if (!TYPESCRIPT.includes(extname(file))) return import(url)
  if ((process.features as { typescript?: unknown }).typescript)
    try {
      return await import(url)
    } catch (error) {
      if (!NOT_STRIPPED.includes((error as { code?: string } | null)?.code ?? '')) throw error
    }
  const { createJiti } = await import('jiti')
  return createJiti(pathToFileURL(file).href, { fsCache: join(userCacheFolder(), 'typescript') }).import<
    Record<string, unknown>
  >(file)
}
