import type { Runtime } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'

/** `auto` prefers native, then JavaScript, then Python. */
export const RUNTIMES: readonly Runtime[] = ['native', 'javascript', 'python']

/** Other names of a runtime that a file may use; they are put right when it is read. In code they are refused. */
export const RUNTIME_ALIASES: Readonly<Record<string, Runtime>> = {
  rust: 'native',
  rust_native: 'native',
  cpython: 'python',
  typescript: 'javascript',
}

/** With words that are refused in files too, and leave no doubt of what is meant. */
export const OTHER_NAMES: Readonly<Record<string, Runtime>> = {
  ...RUNTIME_ALIASES,
  ts: 'javascript',
  js: 'javascript',
  py: 'python',
}

/** The runtime, or `auto`, that somebody meant by a word that is none; undefined where nothing is near. */
export function runtimeMeant(word: string): Runtime | 'auto' | undefined {
  if (Object.hasOwn(OTHER_NAMES, word)) return OTHER_NAMES[word]
  const [near] = nearest(word, ['auto', ...RUNTIMES, ...Object.keys(RUNTIME_ALIASES)])
  return near === undefined ? undefined : (RUNTIME_ALIASES[near] ?? (near as Runtime | 'auto'))
}
