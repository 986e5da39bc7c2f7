import { nearest } from '@anabranch/plugin-sdk/host'
import { usageError } from '../usage-error.ts'

/** One end of a pipeline on the command line: which key, and the file. */
export interface End {
  readonly key: string
  /** `-` is stdin or stdout. */
  readonly path: string
}

const NAMED = /^([A-Za-z][\w-]*(?:\.[\w-]+)?)=([\s\S]+)$/

/**
 * What `-i` and `-o` say, `key=path` or a path alone where there is only one key.
 *
 * @param flag `-i` or `-o`
 * @param keys what the pipeline has
 * @param what what they are called
 */
export function endsNamed(given: readonly string[], flag: string, keys: readonly string[], what: string): End[] {
  const ends = given.map((text) => endOf(text, flag, keys, what))
  for (const part of ['key', 'path'] as const) {
    const twice = ends.find((end, at) => ends.findIndex((other) => other[part] === end[part]) !== at)
    if (twice !== undefined && (part === 'key' || twice.path === '-'))
      throw usageError(`${flag} names ${twice[part]} twice`, 'name each once')
  }
  return ends
}

function endOf(text: string, flag: string, keys: readonly string[], what: string): End {
  const [, key, path] = NAMED.exec(text) ?? []
  if (key !== undefined && path !== undefined) {
    if (keys.includes(key)) return { key, path }
    const [near] = nearest(key, keys)
    throw usageError(
      `${flag} ${text}: this pipeline has no ${what} "${key}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      listOf(flag, keys, what),
    )
  }
  const [only, ...more] = keys
  if (only === undefined) throw usageError(`${flag} ${text}: this pipeline has no ${what}`, `leave ${flag} out`)
  if (more.length > 0)
    throw usageError(`${flag} ${text}: this pipeline has ${keys.length} ${what}s`, listOf(flag, keys, what))
  return { key: only, path: text }
}

function listOf(flag: string, keys: readonly string[], what: string): string {
  if (keys.length === 0) return `leave ${flag} out: there is no ${what}`
  return `write ${keys.map((key) => `${flag} ${key}=FILE`).join(' or ')}`
}
