import type { AudioBuffer } from '../audio-buffer.ts'
import type { NodeContext } from '../context.ts'
import type { FramePool } from './frame-pool.ts'

/** Under this a context keeps where its frames come from; hosts alone look there. */
export const LENDER: unique symbol = Symbol.for('anabranch.lender')

/** Where the frames of one call come from, and who takes them back at its end. */
export interface FrameLender {
  readonly pool: FramePool
  /** Notes a frame that was made in the call: its lease ends with the call, however often it was emitted. Gives it back. */
  made(buffer: AudioBuffer): AudioBuffer
}

/** The frames of a context; null where it has none, outside graphs and where a node's form has no calls with an end. */
export function framesOf(context: NodeContext): FrameLender | null {
  return (context as { readonly [LENDER]?: FrameLender | null })[LENDER] ?? null
}
