import { Buffer } from 'node:buffer'
import type { Values } from '@anabranch/plugin-sdk'
import { RESET_BUFFER_MODE, REUSE_BUFFER_MODE } from 'msgpackr'
import type { Block } from './block.ts'
import { createMsgpack, GAP, type Plain } from './msgpack.ts'
import { Outline } from './outline.ts'
import { scan } from './scan.ts'
import { Writer } from './writer.ts'

const msgpack = createMsgpack()
/** It has one buffer for everybody in the process, so that it is not given ours; what it writes there is used at once. */
const MODE = REUSE_BUFFER_MODE | RESET_BUFFER_MODE
type Packed = Buffer & { readonly start: number; readonly end: number }

/**
 * Writes values in the forms of the wire format. msgpackr writes what is plain, which is copied from its buffer; blocks are
 * copied from where they are. Its methods throw MarshalingError for what the format does not know, LimitExceededError for
 * too much or too deep, NoRoomError; what was written until then is to be taken back.
 */
export class ValueWriter extends Writer {
  readonly #outline = new Outline()

  /** A set of values; absent ones are left out. */
  values(values: Values): void {
    const keys = Object.keys(values)
    let count = keys.length
    for (const key of keys) if (values[key] === undefined) count--
    this.#begin()
    this.#outline.count()
    this.items = this.#outline.items
    this.map(count) // with more than it knows, the limit of values is reached before the last
    for (const key of keys) {
      const value = values[key]
      if (value === undefined) continue
      this.#begin()
      this.#write(this.#outline.key(key))
      this.named(key, value)
    }
  }

  /** A value under a name, which errors in it will tell. */
  named(name: string, value: unknown): void {
    this.#begin()
    const plain = this.#outline.named(name, value)
    const { blocks, items } = this.#outline
    if (plain !== undefined) return this.#write(plain)
    this.block(blocks.pop() as Block)
    this.items = items
  }

  #begin(): void {
    this.#outline.begin(this.items, this.left)
  }

  #write(plain: Plain): void {
    const { blocks, items, blockBytes } = this.#outline
    const packed = msgpack.pack(plain, MODE) as Packed
    const { start, end } = packed
    this.room(end - start + blockBytes)
    if (blocks.length === 0) this.raw(packed, start, end)
    else this.#filled(Buffer.from(packed.buffer, packed.byteOffset + start, end - start), blocks)
    this.items = items
  }

  /** The blocks in place of the gaps: in what msgpackr wrote, an ext value is nothing else. */
  #filled(packed: Buffer, blocks: readonly Block[]): void {
    let next = 0
    let read = 0
    scan(packed, (head, from) => {
      if (head !== 0xd4) return
      this.raw(packed, read, from)
      this.block(blocks[next++] as Block)
      read = from + GAP
    })
    this.raw(packed, read)
  }
}
