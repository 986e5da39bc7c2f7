import { isOfPackage, packageFolder } from './package-folder.ts'

/** A place in a stack, or in what a compiler says: path, the query of one that was imported anew, line, column. */
const PLACE = /(?:file:\/\/)?(\/[^\s()?:'"`]+\.[cm]?[jt]s)(?:\?[^\s():]*)?:(\d+)(?::(\d+))?/g

/** Where in the package of a file its import went wrong, as file:line or file:line:column; null where nothing says it. */
export function importPlace(thrown: unknown, file: string): string | null {
  if (!(thrown instanceof Error)) return null
  const folder = packageFolder(file)
  for (const [, path = '', line, column] of `${thrown.stack ?? ''}\n${thrown.message}`.matchAll(PLACE))
    if (path === file || isOfPackage(path, folder)) return `${path}:${line}${column === undefined ? '' : `:${column}`}`
  return null
}
