import type { Port } from '../ports.ts'
import type { Value } from '../values.ts'

const OTHER: Readonly<Record<string, Value>> = {
  text: 7,
  number: 'seven',
  bytes: 'bytes',
  audio: 'audio',
  pcm: 7,
  tensor: 7,
}

/** A value that the port does not take; undefined where it takes any, or says not which. */
export function wrongValue(port: Port): Value | undefined {
  if (port.kind !== 'json') return OTHER[port.kind]
  return [null, 7, 'seven', [], {}].find((value) => {
    const result = port.schema?.['~standard'].validate(value)
    return result !== undefined && 'issues' in result && result.issues !== undefined
  })
}
