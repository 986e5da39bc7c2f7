import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { Envelope } from '../context.ts'
import type { NodeRef } from '../contract/node-spec.ts'
import type { AnabranchError } from '../errors/anabranch-error.ts'
import type { ParamsArgs } from '../node-operator.ts'
import type { Inputs, InputsOf, Outputs, OutputsOf } from '../ports.ts'
import type { Values } from '../values.ts'
import { rigOf } from './rig.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** One output, its envelope, and the virtual ms at which it came. */
export interface Emitted<O extends Outputs> {
  readonly outputs: OutputsOf<O>
  readonly envelope: Envelope
  readonly at: number
}

/** One prepared node without a graph, on a virtual clock. RxJS timers inside the node follow that clock. */
export interface Harness<I extends Inputs, O extends Outputs> extends AsyncDisposable {
  /**
   * Gives the node one input set (a source is pulled once) and resolves with what it emitted meanwhile. Sets are worked on
   * one after the other. A node that waits on `context.clock` needs `advance` before this resolves. Control inputs hold
   * their last value. Media time counts the audio given, or follows the clock; `envelope` overrides it.
   *
   * Rejects with the coded error of the node, which is in `errors` too.
   */
  push(inputs: Partial<InputsOf<I>>, envelope?: Partial<Envelope>): Promise<readonly OutputsOf<O>[]>
  /** Runs flush, or completes the input of a stream or operator; resolves with what came of it. */
  flush(): Promise<readonly OutputsOf<O>[]>
  /** Interrupts: the signal of the set at work aborts, and what the node still gives for it is ignored. */
  cancel(): void
  /** Sends a control message to `onControl`. */
  control(message: unknown): Promise<void>
  advance(ms: number): Promise<void>
  /** Cleans the node up, once. */
  close(): Promise<void>
  readonly clock: VirtualClock
  readonly emitted: readonly Emitted<O>[]
  readonly errors: readonly AnabranchError[]
  /** What the node counted with `context.count`. */
  readonly counters: Readonly<Record<string, number>>
}

/**
 * Makes and prepares one node.
 *
 * @throws InvalidParamsError; what `prepare` throws, after cleanup; NotAvailableError for a node that is only described.
 */
export async function harness<S extends Schema, I extends Inputs, O extends Outputs>(
  node: NodeRef<string, S, I, O>,
  ...params: ParamsArgs<S>
): Promise<Harness<I, O>> {
  const rig = await rigOf(node, params[0])
  type Out = readonly OutputsOf<O>[]
  return {
    push: (inputs, envelope) => rig.push(inputs as Values, envelope) as Promise<Out>,
    flush: () => rig.flush() as Promise<Out>,
    cancel: rig.cancel,
    control: rig.control,
    advance: rig.advance,
    close: rig.close,
    [Symbol.asyncDispose]: rig.close,
    clock: rig.clock,
    counters: rig.counters,
    get emitted() {
      return rig.events.flatMap((event) =>
        event.kind === 'next'
          ? [{ outputs: event.outputs as OutputsOf<O>, envelope: event.envelope, at: event.at }]
          : [],
      )
    },
    get errors() {
      return rig.events.flatMap((event) => (event.kind === 'error' ? [event.error] : []))
    },
  }
}
