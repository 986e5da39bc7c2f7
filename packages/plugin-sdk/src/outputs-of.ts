import type { Value } from './values.ts'

/**
 * What a source gives of the parts that it reads, one after the other. Where `read` throws, that part is one failed
 * item, and the next call reads on; where it gives nothing, the part is passed over.
 */
export function outputsOf<T>(
  parts: AsyncGenerator<T>,
  read: (part: T) => Value | undefined,
): AsyncIterable<{ readonly output: Value }> {
  return {
    [Symbol.asyncIterator]: () => ({
      // No generator: that would have ended with the first bad part.
      next: async () => {
        for (;;) {
          const { done, value: part } = await parts.next()
          if (done) return { done: true, value: undefined }
          const output = read(part)
          if (output !== undefined) return { done: false, value: { output } }
        }
      },
      return: async () => {
        await parts.return(undefined)
        return { done: true, value: undefined }
      },
    }),
  }
}
