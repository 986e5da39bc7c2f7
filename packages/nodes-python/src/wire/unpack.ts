import { Buffer } from 'node:buffer'
import { MarshalingError } from '@anabranch/plugin-sdk'
import { C1 } from 'msgpackr'
import { copyBytes } from './copy-bytes.ts'
import { decodeExt, type ExtDecoder, isExtCode } from './ext.ts'
import { createMsgpack } from './msgpack.ts'
import { scan } from './scan.ts'

/** A value that msgpackr does not read. */
interface Cut {
  readonly from: number
  readonly end: number
  readonly value: unknown
}

const msgpack = createMsgpack()
/** Stands for a cut: `[0xc1, index]`. The scan lets no 0xc1 of the peer's pass. */
const MARK = 5
const BYTE_ORDER_MARK = 0xefbbbf
/** Used again for every message whose outline is not longer. */
const buffer = Buffer.allocUnsafeSlow(65536)

/** The outline of a message: maps are `Map`s, and what was cut out is not in its place before `restore` puts it there. */
export interface Unpacked {
  readonly outline: unknown
  restore(outline: unknown): unknown
}

/**
 * What msgpack from a peer holds. Bytes, ext values and some text are cut out first and put in again after, so that no
 * extension registered with msgpackr decides what they mean. Of data that is `lent`, and may be written over later, bytes
 * are copied.
 *
 * @throws MarshalingError or LimitExceededError, before anything is unpacked.
 */
export function unpack(data: Uint8Array, decode: ExtDecoder = decodeExt, lent = false): Unpacked {
  const source = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const cuts: Cut[] = []
  scan(source, (head, from, start, end) => {
    const content = source.subarray(start, end)
    if (head >= 0xd9) {
      if (isMisreadText(content)) cuts.push({ from, end, value: content.toString() })
    } else if (head <= 0xc6) cuts.push({ from, end, value: lent ? Buffer.from(content) : content })
    else cuts.push({ from, end, value: ext(source[start - 1] ?? 0, start - 1, content, decode) })
  })
  const size = cuts.reduce((sum, cut) => sum + MARK - (cut.end - cut.from), source.length)
  const outline = size <= buffer.length ? buffer : Buffer.allocUnsafe(size)
  let read = 0
  let at = 0
  for (const [index, { from, end }] of cuts.entries()) {
    at = copyBytes(source, read, from, outline, at)
    at = outline.writeUIntBE(0x92c1cd, at, 3)
    at = outline.writeUInt16BE(index, at)
    read = end
  }
  at = copyBytes(source, read, source.length, outline, at)
  return { outline: msgpack.unpack(outline, at), restore: (plain) => restore(plain, cuts) }
}

/** Beyond 64 bytes msgpackr takes a byte order mark off where its native addon is missing. */
const isMisreadText = (text: Buffer) => text.length > 64 && text.readUIntBE(0, 3) === BYTE_ORDER_MARK

function ext(code: number, at: number, content: Buffer, decode: ExtDecoder): unknown {
  if (isExtCode(code)) return decode(code, content)
  throw new MarshalingError(`ext code 0x${code.toString(16).padStart(2, '0')} is not of the wire format, at byte ${at}`)
}

/** Maps become records, marks the values that they stand for. */
function restore(plain: unknown, cuts: readonly Cut[]): unknown {
  if (typeof plain !== 'object' || plain === null) return plain
  if (plain instanceof Map) return record(plain, cuts)
  const list = plain as unknown[]
  if (list[0] === C1) return cuts[list[1] as number]?.value
  for (let index = 0; index < list.length; index++) list[index] = restore(list[index], cuts)
  return list
}

function record(map: ReadonlyMap<unknown, unknown>, cuts: readonly Cut[]): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (const [given, plain] of map) {
    const key = restore(given, cuts) as string
    const value = restore(plain, cuts)
    if (key === '__proto__')
      Object.defineProperty(made, key, { value, enumerable: true, writable: true, configurable: true })
    else made[key] = value
  }
  return made
}
