import { type AudioBuffer, audio, describeNode, type NodeRef, type Plain } from '@anabranch/plugin-sdk'
import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'

/** The params of `SoftClipNode`. */
export interface SoftClipParams {
  /** Gain before the curve, above 0 and at most 100. Default 1. */
  readonly drive?: number
}

type Audio = Plain<'audio', AudioBuffer>

/** y = tanh(drive · x), in Python. Named here for pipelines in code; a registry with the Python plugin makes it. */
export const softClip: NodeRef<
  'SoftClipNode',
  Schema<SoftClipParams, Required<SoftClipParams>>,
  { readonly input: Audio },
  { readonly output: Audio }
> = describeNode({
  type: 'SoftClipNode',
  summary: 'Bends loud samples with tanh(drive · x), so that none leaves -1…1.',
  inputs: { input: audio },
  outputs: { output: audio },
  purity: 'pure',
})
