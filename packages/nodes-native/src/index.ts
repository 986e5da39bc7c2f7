// The plugin

// Its nodes
export {
  audioFileSink,
  audioFileSource,
  audioResample,
  channelMix,
  chunker,
  clippingDetector,
  denoise,
  formatConverter,
  gain,
  level,
  silenceDetector,
  spectrum,
  vad,
} from './builtin-nodes.ts'
export type {
  AudioFileSinkParams,
  AudioFileSourceParams,
  AudioResampleParams,
  ChannelMixParams,
  ChunkerParams,
  ClippingDetectorParams,
  DenoiseParams,
  FormatConverterParams,
  GainParams,
  LevelParams,
  SilenceDetectorParams,
  SpectrumParams,
  VadParams,
} from './builtin-params.ts'
// Its addon, for diagnostics
export { loaded as addon } from './loaded.ts'
// Named in the types of pipelines that hold a native node
export type { NativeNode } from './native-node.ts'
export { plugin as default, plugin } from './plugin.ts'
export type { Schema } from './schema.ts'
