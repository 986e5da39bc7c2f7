import { AudioBuffer, type NodeContext, type PcmBuffer } from '@anabranch/plugin-sdk'
import { type FrameLender, frameOf, framesOf } from '@anabranch/plugin-sdk/host'
import type { Addon } from './addon.ts'
import { AT, INPUT, VERB, type Verb } from './call-block.ts'
import { CallOutputs, type OutputMemory } from './call-outputs.ts'
import { checkSamples } from './check-samples.ts'
import { FrameBytes } from './frame-bytes.ts'
import type { Given } from './given.ts'
import type { NativeDescription } from './native-description.ts'
import { bytesOf, dtypeOf } from './sample-arrays.ts'
import { SlotOutput } from './slot-output.ts'

const NOTHING = new Uint8Array(0)

/**
 * The calls of one native node. In a graph its output goes into a frame of the pool, and audio that lies in one crosses by
 * its handle: nothing is copied. Other memory crosses as a view.
 */
export class NativeCall {
  readonly #addon: Addon
  readonly #outputs: CallOutputs
  readonly #bytes: FrameBytes
  readonly #slot: SlotOutput
  readonly #inPlace: boolean

  /** `inPlace`: writes over its input, where nobody else reads that. */
  constructor(addon: Addon, description: NativeDescription, inPlace: boolean) {
    this.#addon = addon
    this.#outputs = new CallOutputs(addon, description.outputs)
    this.#bytes = new FrameBytes(addon)
    this.#slot = new SlotOutput(addon)
    this.#inPlace = inPlace
  }

  execute(handle: number, input: AudioBuffer | PcmBuffer, key: string, context: NodeContext): Given {
    checkSamples(input, key)
    const { block } = this.#addon
    const { samples, sampleRate, channels } = input
    const audio = input instanceof AudioBuffer
    block[AT.inputKind] = audio ? INPUT.audio : INPUT.pcm
    block[AT.inputSamples] = samples.length
    block[AT.rate] = sampleRate
    block[AT.channels] = channels
    block[AT.dtype] = dtypeOf(samples)
    block[AT.layout] = !audio && input.layout === 'planar' ? 1 : 0
    const lender = framesOf(context)
    if (lender === null) return this.#onViews(handle, VERB.execute, context, input)
    const lent = audio && this.#lend(input, lender)
    return this.#onSlots(handle, VERB.execute, context, lender, input, lent)
  }

  /** `more`, `flush` and `produce`. */
  next(handle: number, verb: Exclude<Verb, 0>, context: NodeContext): Given {
    const { block } = this.#addon
    block[AT.inputKind] = INPUT.nothing
    block[AT.inputSamples] = 0
    const lender = framesOf(context)
    if (lender === null) return this.#onViews(handle, verb, context, null)
    block[AT.writable] = 0
    return this.#onSlots(handle, verb, context, lender, null, true)
  }

  /** Whether the input lies in the context's pool, and is named in the block now. */
  #lend(input: AudioBuffer, { pool }: FrameLender): boolean {
    const frame = frameOf(input)
    if (frame === null || frame.pool !== pool) return false
    const { block } = this.#addon
    block[AT.inputHandle] = frame.handle
    block[AT.inputOffset] = input.samples.byteOffset - frame.byteOffset
    block[AT.writable] = this.#inPlace && pool.tryUnique(frame.handle) ? 1 : 0
    return true
  }

  /** `lent`: the block names the frame of the input, if there is one at all; else its samples cross as a view. */
  #onSlots(
    handle: number,
    verb: Verb,
    context: NodeContext,
    lender: FrameLender,
    input: AudioBuffer | PcmBuffer | null,
    lent: boolean,
  ): Given {
    const { block, doors } = this.#addon
    if (!lent) block[AT.writable] = 0
    const memory = this.#slot
    memory.open(lender, block[AT.writable] === 1 ? 0 : this.#bytes.of(handle), context.nodeId)
    this.#stamp(context)
    try {
      if (lent || input === null) doors.call(handle, verb)
      else doors.callInput(handle, verb, bytesOf(input.samples))
      return this.#read(input, memory)
    } finally {
      memory.close()
    }
  }

  #onViews(handle: number, verb: Verb, context: NodeContext, input: AudioBuffer | PcmBuffer | null): Given {
    const { doors } = this.#addon
    const from = input === null ? NOTHING : bytesOf(input.samples)
    const inPlace = this.#inPlace && input instanceof AudioBuffer && input.samples.buffer instanceof SharedArrayBuffer
    const to = inPlace ? from : new Uint8Array(new SharedArrayBuffer(this.#bytes.of(handle)))
    this.#stamp(context)
    doors.callViews(handle, verb, from, to)
    return this.#read(input, {
      audio: (samples, sampleRate, channels) =>
        new AudioBuffer(new Float32Array(to.buffer, to.byteOffset, samples), sampleRate, channels),
      bytes: () => to,
    })
  }

  #read(input: AudioBuffer | PcmBuffer | null, memory: OutputMemory): Given {
    this.#bytes.told()
    return this.#outputs.read(input, memory)
  }

  #stamp({ envelope }: NodeContext): void {
    const { block } = this.#addon
    block[AT.pts] = envelope.pts
    block[AT.discont] = envelope.discont ? 1 : 0
  }
}
