import { readFileSync } from 'node:fs'
import type { NativeDescription } from './native-description.ts'

/** The built-in nodes as the addon describes them, in a file: what they are is known where the addon is not. */
export const DESCRIBED: readonly NativeDescription[] = JSON.parse(
  readFileSync(new URL('../descriptions.json', import.meta.url), 'utf8'),
)
