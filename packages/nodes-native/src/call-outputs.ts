import { AudioBuffer, type PcmBuffer, type Value } from '@anabranch/plugin-sdk'
import { handedOnAudio } from '@anabranch/plugin-sdk/host'
import type { Addon } from './addon.ts'
import {
  AT,
  DTYPES,
  type Dtype,
  FAILED,
  furtherAt,
  IN_SECTION,
  OUTPUT_LENGTH,
  outputsAt,
  STATUS,
  sectionOf,
} from './call-block.ts'
import { failureOf } from './failure-of.ts'
import type { Given } from './given.ts'
import { HandedOnPcm } from './handed-on-pcm.ts'
import type { NativePort } from './native-description.ts'
import { samplesIn, sizeOf } from './sample-arrays.ts'

/** Where a call wrote what it says to lie in the output frame. */
export interface OutputMemory {
  /** Over all channels. */
  audio(samples: number, sampleRate: number, channels: number): AudioBuffer
  /** The first `count` bytes, in memory that nobody gives back. */
  bytes(count: number, sampleRate: number): Uint8Array
}

/** What a node was given. */
export type CallInput = AudioBuffer | PcmBuffer | null

/** Reads what a node gave in a call out of its section of the block. */
export class CallOutputs {
  readonly #addon: Addon
  readonly #ports: readonly NativePort[]

  constructor(addon: Addon, ports: readonly NativePort[]) {
    this.#addon = addon
    this.#ports = ports
  }

  read(member: number, input: CallInput, memory: OutputMemory): Given {
    const { block } = this.#addon
    const last = member === (block[AT.done] as number) - 1
    if (!last || (block[AT.records] === 0 && block[AT.failed] !== FAILED.furtherRecord))
      return this.#record(member, input, memory, null, undefined)
    const further: Given[] = []
    for (let nth = 0; nth < (block[AT.records] as number); nth++)
      further.push(this.#record(furtherAt(nth), input, memory, null, undefined))
    const failed = block[AT.failed] === FAILED.furtherRecord
    const error = failed ? failureOf(this.#addon) : undefined
    const first = this.#record(member, input, memory, further, error)
    // Whether there is more the last one knows.
    return { ...first, more: !failed && (further.at(-1)?.more ?? first.more) }
  }

  #record(
    member: number,
    input: CallInput,
    memory: OutputMemory,
    further: readonly Given[] | null,
    error: unknown,
  ): Given {
    const { block } = this.#addon
    const section = sectionOf(member)
    const more = block[section + IN_SECTION.hasMore] === 1
    const said = block[section + IN_SECTION.said] as number
    if (block[section + IN_SECTION.any] === 0) return { outputs: undefined, more, said, further, error }
    const outputs: Record<string, Value> = {}
    let at = outputsAt(member)
    for (const port of this.#ports) {
      const value = this.#value(member, port, at, input, memory)
      if (value !== undefined) outputs[port.key] = value
      at += OUTPUT_LENGTH
    }
    return { outputs, more, said, further, error }
  }

  #value(
    member: number,
    { key, kind }: NativePort,
    at: number,
    input: CallInput,
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
        return JSON.parse(doors.plain(member, key))
    }
    const sampleRate = block[at + 2] as number
    const channels = block[at + 3] as number
    if (kind === 'audio') {
      if (status === STATUS.inOutput) return memory.audio(samples, sampleRate, channels)
      if (status === STATUS.inInput) return passedOn(input as PcmBuffer, samples, sampleRate, channels)
      if (status === STATUS.handedOn) return handedOnAudio(samples, sampleRate, channels)
      const left = samplesIn(doors.left(member, key), 'f32', samples) as Float32Array
      return new AudioBuffer(left, sampleRate, channels)
    }
    const dtype = DTYPES[block[at + 4] as number] as Dtype
    const layout = block[at + 5] === 1 ? 'planar' : 'interleaved'
    if (status === STATUS.handedOn) return new HandedOnPcm(sampleRate, channels, layout)
    const pcm = (run: PcmBuffer['samples']): PcmBuffer => ({ samples: run, sampleRate, channels, layout })
    if (status === STATUS.inInput) return pcm((input as PcmBuffer).samples)
    const inOutput = status === STATUS.inOutput
    const bytes = inOutput ? memory.bytes(samples * sizeOf(dtype), sampleRate) : doors.left(member, key)
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
