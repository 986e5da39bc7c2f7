import { InvalidInputsError, isAnabranchError, MarshalingError, type Value } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'
import { decodeValue, encodeValue } from '../wire/value-codec.ts'
import type { NatsFormat } from './nats-params.ts'

/** A value as the bytes of a message. @throws MarshalingError, InvalidInputsError or LimitExceededError */
export function bytesOfValue(value: unknown, format: NatsFormat): Uint8Array {
  if (format === 'msgpack') return encodeValue(value)
  if (format === 'json') return new TextEncoder().encode(jsonOf(value))
  if (format === 'text' && typeof value === 'string') return new TextEncoder().encode(value)
  if (format === 'bytes' && value instanceof Uint8Array) return value
  throw new InvalidInputsError(`the value is ${describe(value)}, no ${format}`, {
    key: 'input',
    fix: 'say format: msgpack',
  })
}

function jsonOf(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new MarshalingError(`the value cannot be written as JSON: ${(cause as Error).message}`, {
      cause,
      key: 'input',
    })
  }
  if (text !== undefined) return text
  throw new MarshalingError(`the value is ${describe(value)}, which JSON has no form for`, { key: 'input' })
}

/** The value of a message that nobody vouches for. @throws InvalidInputsError */
export function valueOfBytes(data: Uint8Array, format: NatsFormat, subject: string): Value {
  if (format === 'bytes') return new Uint8Array(data) // A copy: the slice of a Buffer would share its memory.
  if (format === 'text') return new TextDecoder().decode(data)
  try {
    return (format === 'json' ? JSON.parse(new TextDecoder().decode(data)) : decodeValue(data)) as Value
  } catch (cause) {
    if (isAnabranchError(cause) && cause.code === 'ANB_LIMIT') throw cause
    throw new InvalidInputsError(`a message on ${subject} is no ${format}: ${(cause as Error).message}`, {
      cause,
      key: 'output',
      fix: 'say the format that the others publish in, or on_error: skip',
    })
  }
}
