import { AudioBuffer, MarshalingError } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'

/** A value as one line of JSON with its end. @throws MarshalingError for what JSON would lose or cannot write. */
export function jsonLine(value: unknown): string {
  let line: string | undefined
  try {
    line = JSON.stringify(value, refuseBinary)
  } catch (cause) {
    throw new MarshalingError(`the value cannot be written as JSON: ${(cause as Error).message}`, {
      cause,
      key: 'input',
      fix: 'put a MapNode before it that makes plain data',
    })
  }
  if (line !== undefined) return `${line}\n`
  throw new MarshalingError(`the value is ${describe(value)}, which JSON has no form for`, {
    key: 'input',
    fix: 'put a MapNode before it that makes plain data',
  })
}

/** Asked before `toJSON` has a say: of bytes it would make a list of numbers. */
function refuseBinary(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const own = this[key]
  if (own instanceof AudioBuffer || ArrayBuffer.isView(own))
    throw new TypeError(`${key === '' ? 'it' : `"${key}"`} is ${describe(own)}`)
  return value
}
