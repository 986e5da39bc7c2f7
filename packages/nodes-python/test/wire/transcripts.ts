import { readFileSync } from 'node:fs'
import type { Transcript } from './transcript.ts'

/** What a link does, step by step: the machines of all languages are held to it. */
export const TRANSCRIPTS = new URL('../../../plugin-sdk/contract/vectors/link-v1.json', import.meta.url)

export const readTranscripts = (): readonly Transcript[] =>
  (JSON.parse(readFileSync(TRANSCRIPTS, 'utf8')) as { transcripts: readonly Transcript[] }).transcripts
