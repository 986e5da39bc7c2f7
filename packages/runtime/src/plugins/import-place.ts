import { execFile } from 'node:child_process'
import { isOfPackage, packageFolder } from './package-folder.ts'

/** A place in a stack, or in what a compiler says: path, the query of one that was imported anew, line, column. */
const PLACE = /(?:file:\/\/)?(\/[^\s()?:'"`]+\.[cm]?[jt]s)(?:\?[^\s():]*)?:(\d+)(?::(\d+))?/g

/**
 * Where in the package of a file its import went wrong, as file:line or file:line:column; null where nothing says it.
 *
 * @param files the file, and what it imports
 */
export async function importPlace(thrown: unknown, files: readonly string[]): Promise<string | null> {
  if (!(thrown instanceof Error)) return null
  const said = placeIn(`${thrown.stack ?? ''}\n${thrown.message}`, files[0] as string)
  if (said !== null || !(thrown instanceof SyntaxError)) return said
  for (const file of files) {
    const place = placeIn(await checked(file), file)
    if (place !== null) return place
  }
  return null
}

function placeIn(text: string, file: string): string | null {
  const folder = packageFolder(file)
  for (const [, path = '', line, column] of text.matchAll(PLACE))
    if (path === file || isOfPackage(path, folder)) return `${path}:${line}${column === undefined ? '' : `:${column}`}`
  return null
}

/** Node.js tells an importer what is wrong with the syntax of an ES module, but not where; its check tells both. */
function checked(file: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--check', file], { timeout: 10_000 }, (_, _out, err) => resolve(err))
  })
}
