import { AudioBuffer, type PcmBuffer, type Value } from '@anabranch/plugin-sdk'
import type { Addon } from './addon.ts'
import { AT, DTYPES, type Dtype, OUTPUT_LENGTH, OUTPUTS, STATUS } from './call-block.ts'
import type { Given } from './given.ts'
import type { NativePort } from './native-description.ts'
import { samplesIn, sizeOf } from './sample-arrays.ts'

/** Where a call wrote what it says to lie in the output frame. */
export interface OutputMemory {
  /** Over all channels. */
  audio(samples: number, sampleRate: number, channels: number): AudioBuffer
  /** The first `count` bytes, in memory that nobody gives back. */
  bytes(count: number, sampleRate: number): Uint8Array
}

/** Reads what a call gave out of its block. */
export class CallOutputs {
  readonly #addon: Addon
  readonly #ports: readonly NativePort[]

  constructor(addon: Addon, ports: readonly NativePort[]) {
    this.#addon = addon
    this.#ports = ports
  }

  /** `input` is what the call was given. */
  read(input: AudioBuffer | PcmBuffer | null, memory: OutputMemory): Given {
    const { block } = this.#addon
    const more = block[AT.hasMore] === 1
    const said = block[AT.said] as number
    if (block[AT.any] === 0) return { outputs: undefined, more, said }
    const outputs: Record<string, Value> = {}
    let at = OUTPUTS
    for (const port of this.#ports) {
      const value = this.#value(port, at, input, memory)
      if (value !== undefined) outputs[port.key] = value
      at += OUTPUT_LENGTH
    }
    return { outputs, more, said }
  }

  #value(
    { key, kind }: NativePort,
    at: number,
    input: AudioBuffer | PcmBuffer | null,
    memory: OutputMemory,
  ): Value | undefined {
    const { block, doors } = this.#addon
    const status = block[at]
    const samples = block[at + 1] as number
    switch (status) {
      case STATUS.absent:
        return undefined
      case STATUS.number:
        return samples
      case STATUS.plain:
        return JSON.parse(doors.plain(key))
    }
    const sampleRate = block[at + 2] as number
    const channels = block[at + 3] as number
    if (kind === 'audio') {
      if (status === STATUS.inOutput) return memory.audio(samples, sampleRate, channels)
      if (status === STATUS.inInput) return passedOn(input as PcmBuffer, samples, sampleRate, channels)
      return new AudioBuffer(samplesIn(doors.left(key), 'f32', samples) as Float32Array, sampleRate, channels)
    }
    const dtype = DTYPES[block[at + 4] as number] as Dtype
    const layout = block[at + 5] === 1 ? 'planar' : 'interleaved'
    const pcm = (run: PcmBuffer['samples']): PcmBuffer => ({ samples: run, sampleRate, channels, layout })
    if (status === STATUS.inInput) return pcm((input as PcmBuffer).samples)
    const bytes = status === STATUS.inOutput ? memory.bytes(samples * sizeOf(dtype), sampleRate) : doors.left(key)
    return pcm(samplesIn(bytes, dtype, samples))
  }
}

/** The input as an output: itself, where nothing changed but its samples. */
function passedOn(input: PcmBuffer, samples: number, sampleRate: number, channels: number): AudioBuffer {
  const same = input.sampleRate === sampleRate && input.channels === channels
  if (same && input instanceof AudioBuffer)
    return samples === input.samples.length ? input : input.slice(0, samples / channels)
  return new AudioBuffer((input.samples as Float32Array).subarray(0, samples), sampleRate, channels)
}
