import { type AnabranchError, isAnabranchError, withNodeId } from './errors/anabranch-error.ts'
import { NodeExecutionError } from './errors/classes.ts'
import { describe } from './values.ts'

/** What a node threw, as a coded error that names the node. A coded error is kept; anything else becomes its cause. */
export function nodeError(thrown: unknown, nodeId: string): AnabranchError {
  if (isAnabranchError(thrown)) return withNodeId(thrown, nodeId)
  return new NodeExecutionError(`node "${nodeId}": ${messageOf(thrown)}`, { cause: thrown, nodeId })
}

/** Authors throw anything, also what has no string form; naming it must not throw again. */
function messageOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown)
  const { message } = thrown as { message?: unknown }
  return typeof message === 'string' ? message : `threw ${describe(thrown)}`
}
