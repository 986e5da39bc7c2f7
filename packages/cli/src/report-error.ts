import { formatIssues } from '@anabranch/runtime'
import { EXIT } from './exit-code.ts'
import type { Io } from './io.ts'
import { paintIssues } from './text/paint-issues.ts'

/** Codes of what is wrong with a pipeline before it runs. */
const INVALID = ['ANB_MANIFEST', 'ANB_CYCLE', 'ANB_NODE_NOT_FOUND', 'ANB_PLUGIN', 'ANB_PARAMS']

/** Tells an error on stderr, with what to do; gives the exit code. A stack is only for what is a fault of ours. */
export function reportError(error: unknown, io: Io): number {
  const known = error as Error & { readonly code?: string }
  const coded = known?.code?.startsWith('ANB_') === true
  const text = coded ? formatIssues(known) : (known?.stack ?? String(error))
  io.stderr.write(`${paintIssues(text, io.stderr, io.env)}\n`)
  return INVALID.includes(known?.code ?? '') ? EXIT.invalid : EXIT.failed
}
