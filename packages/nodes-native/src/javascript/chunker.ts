import type { AudioBuffer, NodeContext, Value } from '@anabranch/plugin-sdk'
import { ChunkStream } from './chunk-stream.ts'
import { audioOf, type ParamIssue, refused, twin } from './twin.ts'

interface ChunkerParams {
  readonly samples?: number | null
  readonly ms?: number | null
  readonly overlap: number
  readonly pad_last: boolean
}

/** `ChunkerNode` in JavaScript. */
export const javascriptChunker = twin<ChunkerParams>('ChunkerNode', {
  issues,
  create(params) {
    const { overlap, pad_last } = params
    /** All but the last one are closed. */
    let streams: ChunkStream[] = []
    /** Whether the host, which counts what is emitted since the first input, would count wrong. */
    let tells = overlap > 0

    function closeLast(): void {
      const last = streams.at(-1)
      last?.close()
      if (last?.next === 0) streams.pop()
    }

    /** The stream that has the next chunk. */
    function ready(): ChunkStream | undefined {
      while (streams[0]?.closed && streams[0].next === 0) streams.shift()
      const [first] = streams
      return first !== undefined && first.next > 0 ? first : undefined
    }

    function* chunks(context: NodeContext): Iterable<{ output: AudioBuffer }> {
      for (let stream = ready(); stream !== undefined; stream = ready())
        yield timed(stream, { output: stream.take(context) }, context)
    }

    function timed(stream: ChunkStream, outputs: { output: AudioBuffer }, context: NodeContext) {
      const us = stream.time()
      return tells ? context.at(us, outputs) : outputs
    }

    return {
      execute({ input }: { readonly input: Value }, context: NodeContext) {
        const buffer = audioOf(input)
        const length = lengthAt(params, buffer.sampleRate)
        if (context.envelope.discont || !streams.at(-1)?.goesOnWith(buffer)) {
          if (streams.length > 0) tells = true
          closeLast()
          streams.push(new ChunkStream(buffer, length, overlap, pad_last, context.envelope.pts))
        }
        const [first] = streams
        if (streams.length === 1 && first?.isChunk(buffer)) return timed(first, { output: buffer }, context)
        streams.at(-1)?.push(buffer.samples)
        return chunks(context)
      },
      flush(context: NodeContext) {
        closeLast()
        return chunks(context)
      },
      reset: () => {
        streams = []
        tells = overlap > 0
      },
    }
  },
})

/** How long a chunk is, in samples of one channel. */
function lengthAt({ samples, ms, overlap }: ChunkerParams, sampleRate: number): number {
  if (samples != null) return samples
  const length = Math.round(((ms as number) * sampleRate) / 1000)
  if (length === 0)
    throw refused(
      `input "input": a chunk of ${ms} ms is less than a sample at ${sampleRate} Hz`,
      'set a larger `ms`, or `samples`',
    )
  if (length <= overlap)
    throw refused(
      `input "input": a chunk of ${ms} ms is ${length} samples at ${sampleRate} Hz, no longer than the overlap of ${overlap}`,
      'set a smaller `overlap` or a larger `ms`',
    )
  return length
}

function issues({ samples, ms, overlap }: ChunkerParams): ParamIssue[] {
  const found: ParamIssue[] = []
  if (samples == null && ms == null)
    found.push({ path: '', message: 'one of `samples` and `ms` must say how long a chunk is' })
  if (samples != null && ms != null)
    found.push({ path: 'ms', message: '`samples` says how long a chunk is already: leave one of them out' })
  if (samples != null && overlap >= samples)
    found.push({ path: 'overlap', message: `must be shorter than a chunk of ${samples}; it is ${overlap}` })
  return found
}
