import { Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'

/** The files that this thread runs code of from now on, addons among them; a growing list. */
export function readFiles(): ReadonlySet<string> {
  const files = new Set<string>()
  // The inspector alone tells of modules of both kinds, and of what is made of TypeScript.
  const session = new Session()
  session.connect()
  session.on('Debugger.scriptParsed', ({ params: { url } }) => {
    if (url.startsWith('file:')) files.add(fileURLToPath(url))
    else if (url.startsWith('/')) files.add(url)
  })
  session.post('Debugger.enable')
  const open = process.dlopen
  process.dlopen = (...given: unknown[]) => {
    files.add(String(given[1]))
    return Reflect.apply(open, process, given)
  }
  return files
}
