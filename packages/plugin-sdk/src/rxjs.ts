import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
let loaded: typeof import('rxjs') | undefined

/**
 * RxJS, the same copy that an import gives. It is loaded with the first operator that is used: to load it takes a third of
 * what a plugin without operators takes otherwise.
 */
export function rxjs(): typeof import('rxjs') {
  loaded ??= require('rxjs') as typeof import('rxjs')
  return loaded
}
