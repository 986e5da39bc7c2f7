import { checkForm } from './check-spec.ts'
import type { NodeFactory, NodeRef } from './contract/node-spec.ts'
import { NotAvailableError } from './errors/classes.ts'
import { nodeError } from './node-error.ts'
import { type RecordBody, recordBody } from './record-body.ts'

/**
 * Makes one node outside any graph; its type stands for its id.
 *
 * @throws NotAvailableError for a node that is only described, and for one that cannot run here; what `create` throws, coded and named.
 */
export function makeBody(node: NodeRef, params: unknown): RecordBody {
  const { spec } = node
  const factory = node as Partial<NodeFactory>
  if (typeof factory.create !== 'function')
    throw new NotAvailableError(`"${spec.type}" is only described here, so it cannot run in this process`, {
      nodeId: spec.type,
      fix: 'put it into a pipeline with the plugin that offers it',
    })
  const missing = factory.available?.() ?? null
  if (missing !== null)
    throw new NotAvailableError(`"${spec.type}" cannot run here: ${missing.reason}`, {
      nodeId: spec.type,
      fix: missing.fix,
    })
  try {
    const body = recordBody(factory.create(params))
    checkForm(spec, body)
    return body
  } catch (error) {
    throw nodeError(error, spec.type)
  }
}
