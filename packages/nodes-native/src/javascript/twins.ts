import { javascriptChannelMix } from './channel-mix.ts'
import { javascriptChunker } from './chunker.ts'
import { javascriptFormatConverter } from './format-converter.ts'
import { javascriptGain } from './gain.ts'

/** The JavaScript forms of native nodes, for where the addon is missing. They share no code with the Rust. */
export const TWINS = [javascriptFormatConverter, javascriptGain, javascriptChannelMix, javascriptChunker] as const
