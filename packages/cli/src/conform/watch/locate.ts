import { Session } from 'node:inspector'
import { findSourceMap } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A place in a source, by its map where there is one; lines count from 1. */
export function placeOf(url: string, line: number, column: number): string {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url
  const entry = findSourceMap(path)?.findEntry(line - 1, column - 1) as
    | { readonly originalSource?: string; readonly originalLine?: number }
    | undefined
  const source = entry?.originalSource ?? path
  const file = source.startsWith('file:') ? fileURLToPath(source) : source
  return `${relative('.', file)}:${entry?.originalLine === undefined ? line : entry.originalLine + 1}`
}

/** Where a function is defined, as file:line; undefined where the engine does not say. */
export function locate(code: unknown): string | undefined {
  if (typeof code !== 'function') return undefined
  const session = new Session()
  const scripts = new Map<string, string>()
  let found: string | undefined
  session.connect()
  try {
    session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url))
    session.post('Debugger.enable')
    const key = Symbol.for('anabranch.conform.located')
    Object.assign(globalThis, { [key]: code })
    // The callbacks are called before post() returns: the session is of this thread.
    session.post(
      'Runtime.evaluate',
      { expression: `globalThis[Symbol.for(${JSON.stringify(key.description)})]` },
      (_, made) => {
        if (made?.result.objectId === undefined) return
        session.post('Runtime.getProperties', { objectId: made.result.objectId }, (_, { internalProperties = [] }) => {
          const place = internalProperties.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value as
            | { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number }
            | undefined
          const url = place && scripts.get(place.scriptId)
          if (place && url) found = placeOf(url, place.lineNumber + 1, place.columnNumber + 1)
        })
      },
    )
    Reflect.deleteProperty(globalThis, key)
  } finally {
    session.disconnect()
  }
  return found
}

const FRAME = /\(?((?:file:\/\/)?\/[^():]+|[a-z]:[^():]+):(\d+):(\d+)\)?$/i

/** The innermost line of a stack that is neither of Node.js nor of a clock; undefined where there is none. */
export function callerIn(stack: string): string | undefined {
  for (const line of stack.split('\n').slice(1)) {
    const [, url, at, column] = FRAME.exec(line.trim()) ?? []
    if (url === undefined || line.includes('node:') || OURS.test(url)) continue
    return placeOf(url, Number(at), Number(column))
  }
  return undefined
}

/** Code that makes timers because a node asked it to, and the watch itself; stacks name the sources where Node.js maps them. */
const OURS =
  /\/(plugin-sdk\/(dist|src)\/clock|runtime\/(dist|src)\/clock|cli\/(dist|src)\/.*|node_modules\/rxjs\/.*)(\.m?[jt]s)?$/
