import { type PcmBuffer, type SampleArray, StaleFrameError } from '@anabranch/plugin-sdk'

/** As `handedOnAudio` of the SDK, for samples that are no audio. */
export class HandedOnPcm implements PcmBuffer {
  readonly sampleRate: number
  readonly channels: number
  readonly layout: NonNullable<PcmBuffer['layout']>
  #kept: SampleArray | null = null

  constructor(sampleRate: number, channels: number, layout: NonNullable<PcmBuffer['layout']>) {
    this.sampleRate = sampleRate
    this.channels = channels
    this.layout = layout
  }

  /** @throws StaleFrameError unless they were kept. */
  get samples(): SampleArray {
    if (this.#kept !== null) return this.#kept
    throw new StaleFrameError('these samples went from node to node in one call', {
      fix: 'put a tap or another reader on the output',
    })
  }

  keep(samples: SampleArray): void {
    this.#kept = samples
  }
}
