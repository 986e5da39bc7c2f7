import { MarshalingError, type Value } from '@anabranch/plugin-sdk'

/** How deep a result may be. */
const DEPTH = 32

/** What an expression gave, as plain data: whole numbers as numbers, timestamps as ISO text, no `undefined`. */
export function plainResult(result: unknown, depth = DEPTH): Value {
  if (typeof result === 'bigint') return wholeNumber(result)
  if (result === null || typeof result === 'boolean' || typeof result === 'number' || typeof result === 'string')
    return result
  if (depth === 0) throw new MarshalingError(`the result is deeper than ${DEPTH}`, { key: 'output' })
  if (Array.isArray(result)) return result.map((part) => plainResult(part, depth - 1))
  if (result instanceof Uint8Array) return result
  if (result instanceof Date) return result.toISOString()
  if (typeof result === 'object') {
    const number = (result as { readonly verifiedValue?: unknown; readonly value?: unknown }).value
    if (Object.getPrototypeOf(result)?.constructor?.name === 'UnsignedInt' && typeof number === 'bigint')
      return wholeNumber(number)
    const entries: Iterable<[unknown, unknown]> = result instanceof Map ? result : Object.entries(result)
    if (result instanceof Map || isPlain(result)) {
      const record: Record<string, Value> = Object.create(null)
      for (const [key, value] of entries) record[String(key)] = plainResult(value, depth - 1)
      return { ...record }
    }
  }
  throw new MarshalingError(
    `the result is a ${(result as object)?.constructor?.name ?? typeof result}, no plain data`,
    {
      key: 'output',
      fix: 'give a number, a text, a bool, null, a list or a map',
    },
  )
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function wholeNumber(value: bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new MarshalingError(`the result ${value} is beyond the whole numbers of JavaScript`, {
    key: 'output',
    fix: 'give it as text by string()',
  })
}
