// The plugin

// Its nodes
export {
  type AudioFileSinkParams,
  type AudioFileSourceParams,
  type AudioResampleParams,
  audioFileSink,
  audioFileSource,
  audioResample,
  type ChannelMixParams,
  type ChunkerParams,
  type ClippingDetectorParams,
  channelMix,
  chunker,
  clippingDetector,
  type DenoiseParams,
  denoise,
  type FormatConverterParams,
  formatConverter,
  type GainParams,
  gain,
  type LevelParams,
  level,
  type SilenceDetectorParams,
  type SpectrumParams,
  silenceDetector,
  spectrum,
  type VadParams,
  vad,
} from './builtin-nodes.ts'
// Its addon, for diagnostics
export { loaded as addon } from './loaded.ts'
// Named in the types of pipelines that hold a native node
export type { NativeNode } from './native-node.ts'
export { plugin as default, plugin } from './plugin.ts'
export type { Schema } from './schema.ts'
