import type { NodeSpec } from './contract/node-spec.ts'
import { InvalidInputsError } from './errors/classes.ts'
import { nearest } from './nearest.ts'
import type { Values } from './values.ts'

/**
 * Makes the input records of one node: every declared key is there, so that all records have one shape; control inputs
 * hold their last value. Nothing comes back where only control inputs arrived: they never trigger execute.
 *
 * @throws InvalidInputsError for a required key that is absent, and for a key that the node does not have.
 */
export function inputRecords(spec: Pick<NodeSpec, 'inputs'>): (given: Values) => Values | undefined {
  const ports = Object.entries(spec.inputs ?? {})
  const names = ports.map(([key]) => key)
  const required = ports.filter(([, port]) => port.mode === 'required').map(([key]) => key)
  const held = Object.fromEntries(ports.map(([key, port]) => [key, port.initial]))
  return (given) => {
    if (ports.length === 0) return given
    const record: Record<string, Values[string]> = { ...held }
    let triggered = false
    for (const [key, value] of Object.entries(given)) {
      const port = spec.inputs?.[key]
      if (port === undefined) throw unknownKey(key, names)
      if (port.mode !== 'control') triggered = true
      else if (value !== undefined) held[key] = value
      if (value !== undefined) record[key] = value
    }
    if (!triggered && (required.length === 0 || Object.keys(given).length > 0)) return undefined
    for (const key of required)
      if (record[key] === undefined)
        throw new InvalidInputsError(`there is no input "${key}"; it is required`, {
          key,
          fix: `give "${key}" in every input set, or declare it .optional()`,
        })
    return record
  }
}

function unknownKey(key: string, names: readonly string[]): Error {
  const [near] = nearest(key, names)
  return new InvalidInputsError(`there is no input "${key}"; the inputs are ${names.join(', ')}`, {
    key,
    ...(near === undefined ? {} : { fix: `rename "${key}" to "${near}"` }),
  })
}
