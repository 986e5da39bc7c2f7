import { Buffer } from 'node:buffer'
import type { Block } from './block.ts'
import { copyBytes } from './copy-bytes.ts'
import { GAP } from './msgpack.ts'
import { scan } from './scan.ts'

/** Msgpack that is measured, and written once, where it is to stand. */
export interface Draft {
  readonly size: number
  /** How many msgpack values it has; lists, maps and keys count. */
  readonly items: number
  /** Returns where it ends. */
  write(target: Buffer, at: number): number
}

/** What msgpackr wrote, with blocks for its gaps. The blocks are read when it is written. @throws LimitExceededError */
export function draftOf(written: Buffer, blocks: readonly Block[]): Draft {
  const outline = Buffer.from(written) // msgpackr uses its buffer again
  const gaps: number[] = []
  const items = scan(outline, (head, from) => {
    if (head === 0xd4) gaps.push(from)
  })
  return {
    size: blocks.reduce((sum, block) => sum + block.size - GAP, outline.length),
    items,
    write(target, start) {
      let read = 0
      let at = start
      for (const [index, block] of blocks.entries()) {
        const gap = gaps[index] as number
        at = copyBytes(outline, read, gap, target, at)
        block.write(target, at)
        at += block.size
        read = gap + GAP
      }
      return copyBytes(outline, read, outline.length, target, at)
    },
  }
}

/** The bytes of a draft, in memory of their own. */
export function bytesOfDraft(draft: Draft): Buffer {
  const bytes = Buffer.allocUnsafe(draft.size)
  draft.write(bytes, 0)
  return bytes
}
