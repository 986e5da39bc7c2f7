import type { Runtime } from '@anabranch/plugin-sdk'

/** `auto` prefers native, then JavaScript, then Python. */
export const RUNTIMES: readonly Runtime[] = ['native', 'javascript', 'python']

/** Names that people use for a runtime. Files may have them and are put right when they are read; code may not. */
const ALIASES: Readonly<Record<string, Runtime>> = {
  rust: 'native',
  rust_native: 'native',
  cpython: 'python',
  typescript: 'javascript',
  ts: 'javascript',
  js: 'javascript',
}

/** Whether it is a hint, and else what was meant. */
export function hintProblem(hint: unknown): { readonly message: string; readonly fix: string } | null {
  if (hint === 'auto' || RUNTIMES.includes(hint as Runtime)) return null
  const meant = typeof hint === 'string' && Object.hasOwn(ALIASES, hint) ? ALIASES[hint] : undefined
  return {
    message: `unknown runtime_hint ${JSON.stringify(hint)}${meant === undefined ? '' : `: here it is called "${meant}"`}`,
    fix: meant === undefined ? `use one of auto, ${RUNTIMES.join(', ')}` : `write "${meant}"`,
  }
}
