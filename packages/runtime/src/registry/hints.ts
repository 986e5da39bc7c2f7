import type { Runtime } from '@anabranch/plugin-sdk'
import { OTHER_NAMES, RUNTIMES, runtimeMeant } from '../runtime-names.ts'

/** Whether it is a hint, and else what was meant. */
export function hintProblem(hint: unknown): { readonly message: string; readonly fix: string } | null {
  if (hint === 'auto' || RUNTIMES.includes(hint as Runtime)) return null
  const meant = typeof hint === 'string' ? runtimeMeant(hint) : undefined
  const known = typeof hint === 'string' && Object.hasOwn(OTHER_NAMES, hint)
  const what = `unknown runtime_hint ${JSON.stringify(hint)}`
  if (meant === undefined) return { message: what, fix: `use one of auto, ${RUNTIMES.join(', ')}` }
  return {
    message: `${what}${known ? `: here it is called "${meant}"` : `; did you mean "${meant}"?`}`,
    fix: `write "${meant}"`,
  }
}
