import { loaded } from './loaded.ts'
import { type NativeNode, nativeNode } from './native-node.ts'
import type { Schema } from './schema.ts'

/** The params of `GainNode`. */
export interface GainParams {
  /** Gain in dB, -120 to 60. Default 0, which leaves the samples as they are, bit for bit. */
  readonly db?: number
  /**
   * Writes the output over the input and gives the same AudioBuffer on. Only where nobody else reads that frame: not on
   * one of several edges from the same output. Takes effect where the samples lie over a SharedArrayBuffer. Default false.
   */
  readonly in_place?: boolean
}

/** Multiplies samples by 10^(db / 20), in Rust. */
export const gain: NativeNode<'GainNode', Schema<GainParams, Required<GainParams>>> = nativeNode(loaded, 'GainNode')
