import { MarshalingError, NativeError, type NodeContext, type NodeExecutor, type Values } from '@anabranch/plugin-sdk'
import { bodyExecutor, type Follower, type FollowGuide, type Fusing, type RecordBody } from '@anabranch/plugin-sdk/host'
import type { Addon } from './addon.ts'
import { VERB } from './call-block.ts'
import type { Following } from './following.ts'
import type { Given } from './given.ts'
import { NativeCall } from './native-call.ts'
import type { NativeDescription } from './native-description.ts'
import { nativeError } from './native-error.ts'
import { Outputs } from './outputs.ts'
import { samplesOf } from './samples-of.ts'

/**
 * One native node. Its Rust side exists from `prepare` (or the first call) to `cleanup`, on the thread that made it.
 * After a panic it is out of service: every later call says so.
 */
export function nativeExecutor(
  addon: Addon,
  description: NativeDescription,
  params: Readonly<Record<string, unknown>>,
): NodeExecutor {
  const { type } = description
  const inputKeys = description.inputs.map(({ key }) => key)
  const head = {
    nodeType: type,
    runtime: 'native' as const,
    inputKeys,
    outputKeys: description.outputs.map(({ key }) => key),
  }
  return bodyExecutor(head, nativeBody(addon, description, params))
}

/** The inside of nodes, for those that call several in one go. */
const INSIDE = new WeakMap<Fusing, { readonly calls: NativeCall; readonly handle: () => number }>()

function nativeBody(
  addon: Addon,
  description: NativeDescription,
  params: Readonly<Record<string, unknown>>,
): RecordBody {
  const { doors } = addon
  const { type, form } = description
  const input = description.inputs[0]
  const calls = new NativeCall(addon, description, params.in_place === true)
  let handle: number | undefined
  let closed = false
  let delayUs = 0

  const prepared = (): number => {
    if (handle !== undefined) return handle
    if (closed) throw new NativeError(`${type} was used after its cleanup`, { fix: 'make a new node' })
    const made = doors.create(type, JSON.stringify(params))
    handle = made
    delayUs = doors.prepare(made)
    return made
  }

  /** The first output of a set, with those that came with it or that the node has left: pulled one by one, whenever there is room. */
  const emission = (first: Given, context: NodeContext) => {
    if (first.more || first.error !== undefined) return rest(first, context)
    return first.further === null ? some(first, context) : all(first, first.further, context)
  }

  /** Of a call on another thread: a promise may lead to several outputs. */
  const settled = async (given: Promise<Given>, context: NodeContext): Promise<Values | undefined> => {
    try {
      const first = await given
      const goOn = () => calls.line.goOn(prepared())
      if (!first.more) return emission(first, context) as Values | undefined
      // Its line has halted.
      if (!context.signal.aborted) return new Outputs(rest(first, context), goOn) as unknown as Values
      goOn()
      return undefined
    } catch (error) {
      throw nativeError(error)
    }
  }

  /** Now, or once no call is in line: those that have not begun are given up. */
  const whenFree = (act: () => void): void | Promise<void> =>
    calls.line.length === 0 ? coded(act) : calls.line.clear(prepared()).then(() => coded(act))

  /** Now, or once no call is at work on another thread, before the next. */
  const between = (act: () => void): void | Promise<void> =>
    calls.line.length === 0 ? coded(act) : calls.line.between(prepared(), () => coded(act))

  function* rest(first: Given, context: NodeContext): Iterable<Values> {
    for (let given = first; ; given = coded(() => calls.next(prepared(), VERB.more, context))) {
      yield* all(given, given.further ?? [], context)
      if (given.error !== undefined) throw given.error
      if (!given.more) return
    }
  }

  function* produced(context: NodeContext): Iterable<Values> {
    for (;;) {
      const given = coded(() => calls.next(prepared(), VERB.produce, context))
      if (given.outputs === undefined) return
      const outputs = some(given, context)
      if (outputs !== undefined) yield outputs
    }
  }

  const forget = () => {
    calls.ahead?.drop()
    calls.ahead = null
  }

  const fusing: Fusing = {
    group: addon,
    time: () => calls.time(),
    get spentUs() {
      return calls.spentUs
    },
    follow(followers, guide) {
      forget()
      calls.following = guide === null ? null : following(description, followers, guide)
    },
  }
  INSIDE.set(fusing, { calls, handle: prepared })

  return {
    fusing,
    get delayUs() {
      return delayUs
    },
    prepare: () => coded(() => void prepared()),
    ...(form === 'source'
      ? { source: produced }
      : {
          execute: (inputs: Values, context: NodeContext) =>
            coded(() => {
              const key = input?.key ?? ''
              const value = samplesOf(inputs[key], key)
              const given = calls.done(value, context) ?? calls.execute(prepared(), value, key, context)
              return given instanceof Promise ? settled(given, context) : emission(given, context)
            }),
          flush: (context: NodeContext) => coded(() => emission(calls.next(prepared(), VERB.flush, context), context)),
        }),
    place: (where) => calls.threads.place(where),
    onControl: (message) => between(() => doors.control(prepared(), toJson(message))),
    reset: () =>
      whenFree(() => {
        forget()
        const made = handle
        if (made === undefined || doors.reset(made)) return
        // It cannot forget: another one takes its place.
        handle = undefined
        doors.drop(made)
        prepared()
      }),
    cleanup: () =>
      whenFree(() => {
        forget()
        closed = true
        const made = handle
        handle = undefined
        if (made !== undefined) doors.drop(made)
      }),
  }
}

function following(first: NativeDescription, followers: readonly Follower[], guide: FollowGuide): Following {
  let before = first
  return {
    guide,
    followers: followers.map(({ fusing, key }) => {
      const { calls, handle } = INSIDE.get(fusing) as NonNullable<ReturnType<typeof INSIDE.get>>
      const link = before.outputs.findIndex((port) => port.key === key)
      before = calls.description
      return { calls, handle, key, link }
    }),
  }
}

/** The outputs of a call that gave several. */
function all(first: Given, further: readonly Given[], context: NodeContext): readonly Values[] {
  const outputs: Values[] = []
  for (const given of [first, ...further]) {
    const values = some(given, context)
    if (values !== undefined) outputs.push(values)
  }
  return outputs
}

/** The outputs of a call, at the time that it said; undefined where it gave none. */
function some({ outputs, said }: Given, context: NodeContext): Values | undefined {
  if (outputs !== undefined) for (const _ in outputs) return Number.isNaN(said) ? outputs : context.at(said, outputs)
  return undefined
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
