import { createRequire } from 'node:module'
import { InvalidInputsError, LimitExceededError } from '@anabranch/plugin-sdk'
import type { RE2JS as Compiled } from 're2js'

const PATTERN_CHARS = 1024
/** Patterns that are kept compiled. */
const KEPT = 64

const compiled = new Map<string, Compiled>()

/**
 * Whether `pattern` matches somewhere in `text`: the regular expressions of RE2, in time linear in the text, without
 * backtracking.
 */
export function linearMatch(text: string, pattern: string): boolean {
  return compile(pattern).matcher(text).find()
}

function compile(pattern: string): Compiled {
  const found = compiled.get(pattern)
  if (found !== undefined) return found
  if (pattern.length > PATTERN_CHARS)
    throw new LimitExceededError(`a pattern of more than ${PATTERN_CHARS} characters`, { limit: 'pattern_chars' })
  const { RE2JS } = createRequire(import.meta.url)('re2js') as typeof import('re2js')
  let made: Compiled
  try {
    made = RE2JS.compile(pattern)
  } catch (cause) {
    throw new InvalidInputsError(`"${pattern}" is no regular expression: ${(cause as Error).message}`, {
      cause,
      key: 'input',
    })
  }
  if (compiled.size === KEPT) compiled.clear()
  compiled.set(pattern, made)
  return made
}
