import {
  type AudioBuffer,
  AudioFormatError,
  InvalidInputsError,
  MarshalingError,
  NativeError,
  type NodeContext,
  type NodeExecutor,
  NodeOutputs,
} from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { type AddonDoors, INPUT_IS_OUTPUT, type NativeDescription, NO_OUTPUT } from './addon.ts'
import { nativeError } from './native-error.ts'

/**
 * One native node. Its Rust side exists from `prepare` (or the first call) to `cleanup`, on the thread that made it.
 * After a panic it is out of service: every later call says so.
 */
export function nativeExecutor(
  doors: AddonDoors,
  description: NativeDescription,
  params: Readonly<Record<string, unknown>>,
): NodeExecutor {
  const { type } = description
  const inputKeys = description.inputs.map(({ key }) => key)
  const outputKeys = description.outputs.map(({ key }) => key)
  const [inputKey = ''] = inputKeys
  const [outputKey = ''] = outputKeys
  const inPlace = params.in_place === true
  let handle: number | undefined
  let closed = false

  const prepared = (): number => {
    if (handle !== undefined) return handle
    if (closed) throw new NativeError(`${type} was used after its cleanup`, { fix: 'make a new node' })
    const made = doors.create(type, JSON.stringify(params))
    handle = made
    doors.prepare(made)
    return made
  }

  return {
    nodeType: type,
    runtime: 'native',
    inputKeys,
    outputKeys,
    prepare: () => coded(() => void prepared()),
    execute: (inputs, context) =>
      coded(() => {
        const input = inputs.getAudioBuffer(inputKey)
        checkAudio(input, inputKey)
        const output = outputFor(input, inPlace, context)
        const { samples, sampleRate, channels } = input
        const written = doors.process(prepared(), samples, output.samples, sampleRate, channels)
        if (written === NO_OUTPUT) return undefined
        if (written === INPUT_IS_OUTPUT) return NodeOutputs.fromAudioBuffer(outputKey, input)
        const whole = written === output.samples.length
        return NodeOutputs.fromAudioBuffer(outputKey, whole ? output : output.slice(0, written / channels))
      }),
    flush: () => coded(() => doors.flush(prepared())),
    onControl: (message) => coded(() => doors.control(prepared(), toJson(message))),
    cleanup: () =>
      coded(() => {
        closed = true
        const made = handle
        handle = undefined
        if (made !== undefined) doors.drop(made)
      }),
  }
}

/** The input itself where it may be written over and lies in shared memory, else a new buffer of the same shape. */
function outputFor(input: AudioBuffer, inPlace: boolean, context: NodeContext): AudioBuffer {
  if (inPlace && input.samples.buffer instanceof SharedArrayBuffer) return input
  return context.audio(input.length, input.sampleRate, input.channels)
}

/** What could have changed since the buffer was made, and what its class lets pass. Rust checks rate and channels again. */
function checkAudio({ samples, sampleRate, channels }: AudioBuffer, key: string): void {
  const possible = Number.isInteger(sampleRate) && Number.isInteger(channels) && channels <= LIMITS.channels_max
  if (!possible || samples.length % channels !== 0)
    throw new AudioFormatError(
      `input "${key}": ${samples.length} samples, ${sampleRate} Hz, ${channels} channels do not fit together`,
      { received: { sampleRate, channels }, fix: 'make a new AudioBuffer instead of changing one' },
    )
  if (samples.length === 0 && isDetached(samples))
    throw new InvalidInputsError(`input "${key}": its memory was transferred to another thread`, {
      key,
      fix: 'give samples over a SharedArrayBuffer, or a copy',
    })
}

/** A view whose memory was transferred has length 0, as an empty one has; only making a view of it tells them apart. */
function isDetached({ buffer }: Float32Array): boolean {
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}

function toJson(message: unknown): string {
  try {
    return JSON.stringify(message ?? null)
  } catch (cause) {
    throw new MarshalingError(`the control message is no plain data: ${(cause as Error).message}`, { cause })
  }
}

function coded<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw nativeError(error)
  }
}
