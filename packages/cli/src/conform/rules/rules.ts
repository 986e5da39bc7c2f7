import type { Rule } from '../rule.ts'
import { AUDIO_RULES } from './audio-rules.ts'
import { IDENTITY_RULES } from './identity-rules.ts'
import { INPUT_RULES } from './input-rules.ts'
import { LIFE_RULES } from './life-rules.ts'
import { OUTPUT_RULES } from './output-rules.ts'
import { TWIN_RULES } from './twin-rules.ts'

/** All rules, in the order of the contract. */
export const RULES: readonly Rule[] = [
  ...IDENTITY_RULES,
  ...OUTPUT_RULES,
  ...INPUT_RULES,
  ...AUDIO_RULES,
  ...LIFE_RULES,
  ...TWIN_RULES,
].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)))

/** The last run, after which every node is cleaned up. */
const LAST = 'C42'
/** Those that are seen in any run: they are looked at when all runs are over. */
const WATCHED: readonly string[] = ['C4', 'C6', 'C7', 'C14', 'C17', 'C25', 'C36', 'C39', 'C70', 'C71']

/** In the order in which they are looked at. */
export const IN_TURN: readonly Rule[] = [
  ...RULES.filter(({ id }) => id !== LAST && !WATCHED.includes(id)),
  ...RULES.filter(({ id }) => id === LAST),
  ...RULES.filter(({ id }) => WATCHED.includes(id)),
]
