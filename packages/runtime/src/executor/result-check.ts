import { NodeExecutionError } from '@anabranch/plugin-sdk'
import { describe, emissionForm } from '@anabranch/plugin-sdk/host'
import type { NodeSettings } from '../graph/node-settings.ts'
import type { OutputPort } from './output-port.ts'

/** Refuses what is no record of outputs. @throws NodeExecutionError, never retried: the node would do it again. */
export function checkRecord(settings: NodeSettings, result: unknown): void {
  if (typeof result === 'object' && result !== null) return
  const { id, sink, outputKeys } = settings
  throw new NodeExecutionError(`node "${id}" gave ${describe(result)}, not a record of outputs`, {
    retryable: false,
    fix: sink ? 'a sink returns nothing: use braces' : `return { ${outputKeys[0] ?? 'output'}: value }`,
  })
}

/** Refuses a key that the node does not declare. @throws NodeExecutionError */
export function checkDeclared({ id, outputKeys }: NodeSettings, record: object): void {
  const [only] = outputKeys
  for (const key in record)
    if (key !== only && !outputKeys.includes(key) && (record as Record<string, unknown>)[key] !== undefined)
      throw new NodeExecutionError(
        `node "${id}" gave the undeclared key "${key}"; declared: ${outputKeys.join(', ') || 'none'}`,
        { retryable: false, fix: `declare "${key}" in outputs` },
      )
}

/** Of a node that declares no keys: refuses a record without one that an edge reads. @throws NodeExecutionError */
export function checkRead({ id }: NodeSettings, ports: readonly OutputPort[], record: object): void {
  for (const { key, edges } of ports)
    if (edges.length > 0 && (record as Record<string, unknown>)[key] === undefined)
      throw new NodeExecutionError(
        `node "${id}" gave no "${key}", which an edge reads; it gave ${Object.keys(record).join(', ') || 'nothing'}`,
        { retryable: false, fix: `return "${key}", or declare outputKeys if it may be left out` },
      )
}

/** Whether a result is a record that is there at once. */
export function isPlainRecord(result: unknown): result is Readonly<Record<string, unknown>> {
  return typeof result === 'object' && result !== null && emissionForm(result) === 'record'
}
