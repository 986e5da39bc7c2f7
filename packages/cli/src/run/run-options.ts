import type { PipelineOptions } from '../pipeline/pipeline-options.ts'

/** Formats of what goes in and out by `-i` and `-o`. */
export const STREAM_FORMATS = ['f32le', 's16le', 'wav', 'lines', 'json', 'bytes'] as const
export type StreamFormatName = (typeof STREAM_FORMATS)[number]

/** What `run` is told, as commander gives it. */
export interface RunOptions extends PipelineOptions {
  readonly json?: boolean
  readonly input?: readonly string[]
  readonly output?: readonly string[]
  readonly inputFormat?: StreamFormatName
  readonly outputFormat?: StreamFormatName
  /** Of raw audio, Hz. */
  readonly rate?: number
  readonly channels?: number
  readonly pace?: 'realtime'
  /** ms. */
  readonly for?: number
  readonly watch?: boolean
  readonly quiet?: boolean
}
