/**
 * The envelope that many items share: made at a source, handed on by reference through every 1:1 node, copied only
 * where inputs are joined, time changes or a gap is marked. One shape, all fields in the constructor; `seq` and
 * `epoch`, which change at every hop, live in Item; what few items have, in a part of its own, so that each of the
 * others is 48 bytes smaller.
 */
export class Env {
  source: string
  sourceSeq: number
  /** Media time, µs. */
  pts: number
  /** µs; 0 is unknown. */
  duration = 0
  /** Monotonic ms at the source. */
  ingress: number
  trace: string | undefined = undefined
  #rare: Rare | null = null

  constructor(source: string, sourceSeq: number, pts: number, ingress: number) {
    this.source = source
    this.sourceSeq = sourceSeq
    this.pts = pts
    this.ingress = ingress
  }

  /** Whether it passes interruptions. */
  get survive(): boolean {
    return this.#rare?.survive ?? false
  }
  set survive(survive: boolean) {
    if (survive || this.#rare !== null) this.#own().survive = survive
  }

  /** Monotonic ms; 0 is none. */
  get deadline(): number {
    return this.#rare?.deadline ?? 0
  }
  set deadline(ms: number) {
    if (ms !== 0 || this.#rare !== null) this.#own().deadline = ms
  }

  get discont(): boolean {
    return this.#rare?.discont ?? false
  }
  set discont(discont: boolean) {
    if (discont || this.#rare !== null) this.#own().discont = discont
  }

  get lost(): number {
    return this.#rare?.lost ?? 0
  }
  set lost(items: number) {
    if (items !== 0 || this.#rare !== null) this.#own().lost = items
  }

  get streamId(): string | undefined {
    return this.#rare?.streamId
  }

  get meta(): object | undefined {
    return this.#rare?.meta
  }

  copy(): Env {
    const env = new Env(this.source, this.sourceSeq, this.pts, this.ingress)
    env.duration = this.duration
    env.trace = this.trace
    if (this.#rare !== null) Object.assign(env.#own(), this.#rare)
    return env
  }

  #own(): Rare {
    this.#rare ??= new Rare()
    return this.#rare
  }
}

/** What few envelopes say. */
class Rare {
  survive = false
  deadline = 0
  discont = false
  lost = 0
  streamId: string | undefined = undefined
  meta: object | undefined = undefined
}

/**
 * The envelope of what was made of several items. Time, stream and trace are the primary's; ingress and deadline the
 * smallest; it survives only if all do; gaps add up. Where all share one object, it is that object.
 */
export function mergeEnvs(items: readonly { readonly env: Env }[], primary: Env): Env {
  let same = true
  for (let i = 0; same && i < items.length; i++) same = (items[i] as { readonly env: Env }).env === primary
  if (same) return primary
  const merged = primary.copy()
  let survive = true
  let discont = false
  let lost = 0
  for (const { env } of items) {
    if (env.ingress < merged.ingress) merged.ingress = env.ingress
    if (env.deadline !== 0 && (merged.deadline === 0 || env.deadline < merged.deadline)) merged.deadline = env.deadline
    survive &&= env.survive
    discont ||= env.discont
    lost += env.lost
  }
  merged.survive = survive
  merged.discont = discont
  merged.lost = lost
  return merged
}
