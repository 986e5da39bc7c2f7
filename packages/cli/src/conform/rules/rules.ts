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

/** Those that are seen in any run: they are looked at when all runs are over, and every node is cleaned up. */
export const WATCHED: readonly string[] = ['C4', 'C6', 'C7', 'C14', 'C17', 'C25', 'C36', 'C39', 'C42', 'C70', 'C71']
