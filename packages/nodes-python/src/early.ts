import { BUILTIN_MODULE, BUILTIN_NODES } from './builtin-nodes.ts'
import { processEnv } from './environment/env.ts'
import { ownProgram } from './environment/own-environment.ts'
import { spare } from './spare.ts'

/** A node of a pipeline, as far as this looks at it. */
export interface NamedNode {
  readonly type: string
  readonly runtime_hint?: string | undefined
  readonly params?: unknown
}

/**
 * Starts a Python process before it is known for which node. Where Python is not there nothing is started: the check of a
 * pipeline tells. What this needs is little, so that it is the first thing that a command does.
 */
export function startPython(): void {
  const python = ownProgram('python')
  if (python !== undefined) spare.start(python, processEnv())
}

/**
 * Starts a Python process where one of the built-in nodes will need it: one that is asked for in Python, or has a model,
 * which none in another language has. It prepares the first such node while the pipeline is still being checked, so that
 * its modules and its model are there. The first node that is opened gets the process.
 *
 * `end` ends the process where no node came; null where none waits.
 */
export function startEarly(nodes: readonly NamedNode[]): { readonly end: () => Promise<void> } | null {
  const first = nodes.find(({ type: wanted, runtime_hint: hint = 'auto' }) =>
    BUILTIN_NODES.some(
      ({ type, model }) => wanted === type && (hint === 'python' || (hint === 'auto' && model === true)),
    ),
  )
  if (first !== undefined) {
    startPython()
    spare.tell({ module: BUILTIN_MODULE, type: first.type, params: first.params ?? {} })
  }
  return spare.waits ? { end: () => spare.end() } : null
}
