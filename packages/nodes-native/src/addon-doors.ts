/** The functions of a loaded addon, as napi exports them: numbers are checked in Rust, errors are raw (see `nativeError`). */
export interface AddonDoors {
  describe(): string
  check(nodeType: string, paramsJson: string): void
  /** The formats of the outputs by key, as JSON. */
  formats(nodeType: string, paramsJson: string): string
  /** Params of an older version as those of this one. Of a node type that says `migrates`. */
  migrate(nodeType: string, paramsJson: string, from: number): string
  create(nodeType: string, paramsJson: string): number
  /** Gives the node's own delay in µs. */
  prepare(handle: number): number
  /**
   * The bytes that an output frame should have after an input of so many samples, for a call that reaches the followers
   * that the block names; 0 where none is needed.
   */
  frameBytes(handle: number, inputSamples: number): number
  /** The block of numbers by which calls of this thread speak: see `call-block.ts`. */
  attach(block: Float64Array): void
  /** A number for a frame pool of this thread. */
  pool(): number
  slab(pool: number, id: number, slotBytes: number, slots: number, data: Uint8Array, control: Int32Array): void
  dropPool(pool: number): void
  /** One call on frames of a pool. The block names all of it; where `done` is 0 after it, it failed, and `failure` says why. */
  call(): void
  /** `wake` is called when calls on other threads are over. */
  wakeBy(wake: () => void): void
  /** One call of a node alone, behind those of it that wait for a thread; gives a ticket. */
  enqueue(handle: number, verb: number): number
  /** A thread for the calls of a node that wait, or null where they need none; it resolves when the thread is done. */
  serve(handle: number): Promise<void> | null
  /** The calls of a node that had more to give of a set go on. */
  goOn(handle: number): void
  /** Whether no call of a node is at work. Where one is, those that wait stay until this is asked again, when it is over. */
  hold(handle: number): boolean
  /** Takes the calls of a node that have not begun out of line: they failed. */
  cancel(handle: number): void
  /**
   * Puts what a call on another thread gave into the block and gives its ticket; 0 where none is over. Where `done` is 0
   * after it, it failed, and `failure` says why.
   */
  collect(): number
  /** One call with an input in no pool, as bytes; the output goes into the frame that the block names. */
  callInput(handle: number, verb: number, input: Uint8Array): void
  /** One call on memory of no pool, as bytes. Either may be empty; the same view twice means in place. */
  callViews(handle: number, verb: number, input: Uint8Array, output: Uint8Array): void
  /** What a node of the last call left on a key outside frames. */
  left(member: number, key: string): Uint8Array
  /** Plain data that a node of the last call left on a key, as JSON. */
  plain(member: number, key: string): string
  /** Throws what the last call failed with: at a node that follows, at a further record, or altogether. */
  failure(): never
  control(handle: number, messageJson: string): void
  reset(handle: number): boolean
  drop(handle: number): void
  bufferAddress(view: Float32Array): number
}
