import type { Rule } from './rule.ts'
import { AUDIO_RULES } from './rules-audio.ts'
import { INPUT_RULES } from './rules-inputs.ts'
import { LIFE_RULES } from './rules-life.ts'
import { LINEAGE_RULES } from './rules-lineage.ts'
import { OUTPUT_RULES } from './rules-outputs.ts'
import { REFUSAL_RULES } from './rules-refusals.ts'
import { SET_RULES } from './rules-sets.ts'

/** All rules, in the order of the contract. */
export const RULES: readonly Rule[] = [
  ...OUTPUT_RULES,
  ...INPUT_RULES,
  ...AUDIO_RULES,
  ...LINEAGE_RULES,
  ...LIFE_RULES,
  ...REFUSAL_RULES,
  ...SET_RULES,
].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)))
