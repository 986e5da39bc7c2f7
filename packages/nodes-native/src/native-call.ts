import { AudioBuffer, type NodeContext, type PcmBuffer, type Value } from '@anabranch/plugin-sdk'
import { type FrameLender, frameOf, framesOf, isHandedOn } from '@anabranch/plugin-sdk/host'
import type { Addon } from './addon.ts'
import { Ahead } from './ahead.ts'
import { AT, FAILED, IN_SECTION, INPUT, sectionOf, VERB, type Verb } from './call-block.ts'
import { type CallInput, CallOutputs, type OutputMemory } from './call-outputs.ts'
import { callSlots } from './call-slots.ts'
import { checkSamples } from './check-samples.ts'
import { failureOf } from './failure-of.ts'
import { choosing, type Following, nameFollowers } from './following.ts'
import { FrameBytes } from './frame-bytes.ts'
import type { Given } from './given.ts'
import { HandedOnPcm } from './handed-on-pcm.ts'
import { keepGiven } from './keep-given.ts'
import type { NativeDescription } from './native-description.ts'
import { NodeLine } from './node-line.ts'
import { bytesOf, dtypeOf } from './sample-arrays.ts'
import { SlotOutput } from './slot-output.ts'
import { ThreadChoice } from './thread-choice.ts'

const NOTHING = new Uint8Array(0)

/**
 * The calls of one native node. In a graph its output goes into a frame of the pool, and audio that lies in one crosses by
 * its handle: nothing is copied. Other memory crosses as a view. Nodes that follow it may be called in the same call.
 */
export class NativeCall {
  /** Those that may be called together with it; null where there are none. */
  following: Following | null = null
  /** What it gave already, in a call of the node before. */
  ahead: Ahead | null = null
  /** How long the node took in its last call that was timed, µs. */
  spentUs = Number.NaN
  /** How often it was called, by itself or after another. */
  turns = 0
  readonly threads = new ThreadChoice()
  /** Its calls on another thread. */
  readonly line: NodeLine
  readonly description: NativeDescription
  readonly outputs: CallOutputs
  /** Writes over its input, where nobody else reads that. */
  readonly inPlace: boolean
  readonly #addon: Addon
  readonly #bytes: FrameBytes
  readonly #slot: SlotOutput
  /** The memory of calls on another thread that are over. */
  readonly #spare: SlotOutput[] = []
  #timed = false

  constructor(addon: Addon, description: NativeDescription, inPlace: boolean) {
    this.#addon = addon
    this.description = description
    this.outputs = new CallOutputs(addon, description.outputs)
    this.#bytes = new FrameBytes(addon)
    this.#slot = new SlotOutput(addon)
    this.line = new NodeLine(addon)
    this.inPlace = inPlace
  }

  /** The next call is to be timed. */
  time(): void {
    this.#timed = true
  }

  /** What was done ahead for this very input; null where nothing was. */
  done(input: Value, context: NodeContext): Given | null {
    const { ahead } = this
    if (ahead === null) return null
    this.ahead = null
    this.spentUs = ahead.spentUs
    this.#timed = false
    return ahead.take(input, context)
  }

  execute(handle: number, input: AudioBuffer | PcmBuffer, key: string, context: NodeContext): Given | Promise<Given> {
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
    if (lent && this.threads.onThread && block[AT.writable] === 0) return this.#onThread(handle, context, lender, input)
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
    block[AT.writable] = this.inPlace && pool.tryUnique(frame.handle) ? 1 : 0
    return true
  }

  /** `lent`: the block names the frame of the input, if there is one at all; else its samples cross as a view. */
  #onSlots(
    handle: number,
    verb: Verb,
    context: NodeContext,
    lender: FrameLender,
    input: CallInput,
    lent: boolean,
  ): Given {
    const { block, doors } = this.#addon
    if (!lent) block[AT.writable] = 0
    // What a node gives at its end may be later than its sets were: those after it are called by themselves then.
    nameFollowers(block, verb === VERB.flush || this.threads.onThread ? null : this.following)
    const memory = this.#slot
    const inPlace = block[AT.writable] === 1 && block[AT.followers] === 0
    memory.open(lender, inPlace ? 0 : this.#bytes.of(handle, this.#turnsOfAll()), context.nodeId)
    this.#stamp(context)
    block[AT.timed] = this.#timed || verb !== VERB.execute || choosing(this) ? 1 : 0
    this.#timed = false
    try {
      if (lent || input === null) callSlots(this.#addon, handle, verb)
      else doors.callInput(handle, verb, bytesOf(input.samples))
      const given = this.#read(input, memory)
      const frame = memory.taken()
      if (frame !== null) lender.made(frame)
      this.#giveAhead(given, memory)
      return given
    } finally {
      memory.close()
    }
  }

  /** Only what lies in the pool can be lent to another thread. */
  #onThread(handle: number, context: NodeContext, lender: FrameLender, input: AudioBuffer): Promise<Given> {
    const { block } = this.#addon
    context.count('thread_calls')
    nameFollowers(block, null)
    const memory = this.#spare.pop() ?? new SlotOutput(this.#addon)
    const away = this.line.length > 0
    memory.open(lender, away ? this.#bytes.likely() : this.#bytes.of(handle, this.#turnsOfAll()), context.nodeId)
    this.#stamp(context)
    block[AT.timed] = 1
    return this.line.add(handle, () => {
      try {
        if (block[AT.done] === 0) throw failureOf(this.#addon)
        const given = this.#read(input, memory)
        const frame = memory.taken()
        if (frame !== null) lender.made(frame)
        return given
      } finally {
        memory.close()
        this.#spare.push(memory)
      }
    })
  }

  #onViews(handle: number, verb: Verb, context: NodeContext, input: CallInput): Given {
    const { block, doors } = this.#addon
    const from = input === null ? NOTHING : bytesOf(input.samples)
    const inPlace = this.inPlace && input instanceof AudioBuffer && input.samples.buffer instanceof SharedArrayBuffer
    nameFollowers(block, null)
    const to = inPlace ? from : new Uint8Array(new SharedArrayBuffer(this.#bytes.of(handle, this.#turnsOfAll())))
    this.#stamp(context)
    block[AT.timed] = 1
    doors.callViews(handle, verb, from, to)
    return this.#read(input, {
      audio: (samples, sampleRate, channels) =>
        new AudioBuffer(new Float32Array(to.buffer, to.byteOffset, samples), sampleRate, channels),
      bytes: () => to,
    })
  }

  #read(input: CallInput, memory: OutputMemory): Given {
    this.#countFollowers()
    this.#bytes.told(this.#turnsOfAll() - this.line.length)
    this.spentUs = this.#addon.block[sectionOf(0) + IN_SECTION.spent] as number
    this.threads.measured(this.spentUs)
    return this.outputs.read(0, input, memory)
  }

  #countFollowers(): void {
    const done = this.#addon.block[AT.done] as number
    for (let member = 1; member < done; member++) this.#follower(member).calls.turns++
  }

  /** Of those that the block names. */
  #turnsOfAll(): number {
    const count = this.#addon.block[AT.followers] as number
    let { turns } = this
    for (let member = 1; member <= count; member++) turns += this.#follower(member).calls.turns
    return turns
  }

  #follower(member: number): Following['followers'][number] {
    return this.following?.followers[member - 1] as Following['followers'][number]
  }

  /** Tells those that were called too what they gave. */
  #giveAhead(first: Given, memory: SlotOutput): void {
    const { block } = this.#addon
    const done = block[AT.done] as number
    if (done === 1) return
    const failed = block[AT.failed] === FAILED.follower
    let before: Given | null = first
    for (let member = 1; member < done; member++) {
      const { calls, key } = this.#follower(member)
      const input = before?.outputs?.[key] as Value
      const spentUs = block[sectionOf(member) + IN_SECTION.spent] as number
      const error = failed && member === done - 1 ? this.#failure(member, input) : null
      before = error === null ? calls.outputs.read(member, input as CallInput, memory) : null
      calls.threads.measured(spentUs)
      calls.ahead?.drop()
      calls.ahead = new Ahead(input, spentUs, before, error, memory.taken())
    }
  }

  /** Why a node that was called too failed; what it was given is kept, for a retry or a dead letter. */
  #failure(member: number, input: Value): unknown {
    if (isHandedOn(input) || input instanceof HandedOnPcm) keepGiven(this.#addon, member, input)
    return failureOf(this.#addon)
  }

  /** The last thing before the call. */
  #stamp({ envelope }: NodeContext): void {
    const { block } = this.#addon
    block[AT.pts] = envelope.pts
    block[AT.discont] = envelope.discont ? 1 : 0
    this.turns++
  }
}
