import { AudioBuffer, type NodeContext, type PcmBuffer } from '@anabranch/plugin-sdk'
import { type FrameLender, frameOf, framesOf } from '@anabranch/plugin-sdk/host'
import type { Addon } from './addon.ts'
import { AT, INPUT, VERB, type Verb } from './call-block.ts'
import { CallOutputs } from './call-outputs.ts'
import { checkSamples } from './check-samples.ts'
import type { Given } from './given.ts'
import type { NativeDescription } from './native-description.ts'
import { bytesOf, dtypeOf } from './sample-arrays.ts'

const NOTHING = new Uint8Array(0)

/**
 * The calls of one native node. Audio in a frame pool crosses by its handle, and the output goes into another frame of the
 * pool: nothing is copied. Memory of no pool crosses as a view.
 */
export class NativeCall {
  readonly #addon: Addon
  readonly #outputs: CallOutputs
  readonly #inPlace: boolean
  #boundSamples = -1
  #bound = 0

  /** `inPlace`: writes over its input, where nobody else reads that. */
  constructor(addon: Addon, description: NativeDescription, inPlace: boolean) {
    this.#addon = addon
    this.#outputs = new CallOutputs(addon, description.outputs)
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
    if (audio && lender !== null && this.#lend(input, lender))
      return this.#onSlots(handle, VERB.execute, context, lender, input)
    return this.#onViews(handle, VERB.execute, context, input)
  }

  /** `more`, `flush` and `produce`. */
  next(handle: number, verb: Exclude<Verb, 0>, context: NodeContext): Given {
    const { block } = this.#addon
    block[AT.inputKind] = INPUT.nothing
    block[AT.inputSamples] = 0
    const lender = framesOf(context)
    if (lender === null) return this.#onViews(handle, verb, context, null)
    block[AT.writable] = 0
    return this.#onSlots(handle, verb, context, lender, null)
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

  #onSlots(handle: number, verb: Verb, context: NodeContext, lender: FrameLender, input: AudioBuffer | null): Given {
    const { block, doors, pools } = this.#addon
    const { pool } = lender
    const bytes = block[AT.writable] === 1 ? 0 : this.#frameBytes(handle)
    const output = bytes > 0 ? pool.acquire(bytes, context.nodeId) : null
    this.#stamp(context)
    block[AT.pool] = pools.numberOf(pool)
    block[AT.outputHandle] = output ?? -1
    let used = false
    try {
      doors.call(handle, verb)
      return this.#outputs.read(input, (samples, sampleRate, channels) => {
        used = true
        return lender.made(pool.audioAt(output as number, samples / channels, sampleRate, channels))
      })
    } finally {
      if (output !== null && !used) pool.release(output)
    }
  }

  #onViews(handle: number, verb: Verb, context: NodeContext, input: AudioBuffer | PcmBuffer | null): Given {
    const { doors } = this.#addon
    const from = input === null ? NOTHING : bytesOf(input.samples)
    const inPlace = this.#inPlace && input instanceof AudioBuffer && input.samples.buffer instanceof SharedArrayBuffer
    const to = inPlace ? from : new Uint8Array(new SharedArrayBuffer(this.#frameBytes(handle)))
    this.#stamp(context)
    doors.callViews(handle, verb, from, to)
    return this.#outputs.read(
      input,
      (samples, sampleRate, channels) =>
        new AudioBuffer(new Float32Array(to.buffer, to.byteOffset, samples), sampleRate, channels),
      to,
    )
  }

  #stamp({ envelope }: NodeContext): void {
    const { block } = this.#addon
    block[AT.pts] = envelope.pts
    block[AT.discont] = envelope.discont ? 1 : 0
  }

  /** Asked once for each length of input. */
  #frameBytes(handle: number): number {
    const samples = this.#addon.block[AT.inputSamples] as number
    if (samples !== this.#boundSamples) {
      this.#bound = this.#addon.doors.frameBytes(handle, samples)
      this.#boundSamples = samples
    }
    return this.#bound
  }
}
