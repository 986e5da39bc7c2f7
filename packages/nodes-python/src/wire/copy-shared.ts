/** More goes piece by piece: what lies in the processor's cache is copied twice sooner than other memory once. */
const PIECE = 16 * 1024
const WORD = 8
const between = new Uint8Array(PIECE + WORD)

/**
 * Copies bytes of which one side lies in memory that threads share, as frames do. V8 copies such memory word by word where
 * both sides begin at the same place in a word, and byte by byte else, which takes five times as long. In a message values
 * begin anywhere, so it goes over memory that no thread shares.
 */
export function copyShared(source: Uint8Array, target: Uint8Array, at: number): void {
  const shared = isShared(source) ? source.byteOffset : isShared(target) ? target.byteOffset + at : -1
  if (shared < 0 || source.length < WORD) return target.set(source, at)
  const begin = shared % WORD
  for (let from = 0; from < source.length; from += PIECE) {
    const piece = between.subarray(begin, begin + Math.min(PIECE, source.length - from))
    piece.set(source.subarray(from, from + piece.length))
    target.set(piece, at + from)
  }
}

const isShared = (bytes: Uint8Array) => bytes.buffer instanceof SharedArrayBuffer
