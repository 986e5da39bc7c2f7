import type { OperatorFunction } from 'rxjs'
import type { NodeContext } from '../context.ts'
import type { NodeInputs, NodeOutputs } from '../values.ts'

/** Where a node's work is done. */
export type Runtime = 'javascript' | 'native' | 'python'

/** One result, several, or either of them later. A promise may resolve to one result only. */
export type Emission<T> = T | Iterable<T> | AsyncIterable<T> | Promise<T>

/** The lifecycle of a node, shared by all forms. */
export interface Life {
  /** Before the first input: load models, open devices. */
  prepare?(context: NodeContext): void | Promise<void>
  /** Forget what was seen, so that the prepared instance can serve another session. */
  reset?(): void | Promise<void>
  /** Exactly once per prepared instance, also after a failed prepare. */
  cleanup?(): void | Promise<void>
  /** What another instance needs to go on where this one is, as plain data; asked after `flush`. For new code under a run. */
  snapshot?(): unknown
  /** Goes on where another instance was: before the first input, after `prepare`. */
  restore?(state: unknown): void | Promise<void>
  /** New params or a user's message; overtakes queued data. */
  onControl?(message: unknown, context: NodeContext): void | Promise<void>
}

/**
 * One made node. It has exactly one of `execute`, `stream`, `operator`, `source`; a node with none or several is
 * refused with ANB_PLUGIN.
 */
export interface NodeExecutor extends Life {
  readonly nodeType: string
  readonly runtime: Runtime
  /** Default: unknown, so every key is accepted. */
  readonly inputKeys?: readonly string[]
  /** Default: unknown, so a result must have the keys that an edge asks for. */
  readonly outputKeys?: readonly string[]
  /** Refuses an input set by throwing InvalidInputsError or AudioFormatError; never retried. */
  validateInputs?(inputs: NodeInputs): void | Promise<void>
  /** Per input set. */
  execute?(inputs: NodeInputs, context: NodeContext): Emission<NodeOutputs | undefined> | void | Promise<void>
  /** After the last input: what is still inside. Execute form only. */
  flush?(context: NodeContext): Emission<NodeOutputs | undefined> | void | Promise<void>
  /** The whole stream as async iterables; a set is taken only when the body asks for it. */
  stream?(inputs: AsyncIterable<NodeInputs>, context: NodeContext): AsyncIterable<NodeOutputs>
  /** The whole stream as an RxJS operator. */
  operator?(context: NodeContext): OperatorFunction<NodeInputs, NodeOutputs>
  /** No inputs; pulled only when there is room downstream. */
  source?(context: NodeContext): AsyncIterable<NodeOutputs> | Iterable<NodeOutputs>
}
