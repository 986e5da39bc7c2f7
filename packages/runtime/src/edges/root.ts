import { FATE, FATES, type Fate } from './fate.ts'

/**
 * One accepted input, or a group of them. `count` is the number of items (queued, executing or held) made of it;
 * at 0 it settles once, with the worst fate its items met. A group hands its fate on to its parents.
 */
export class Root {
  count = 1
  fate: Fate = FATE.filtered
  parents: Root[] | null = null
  id = 0
  next: Root | null = null
}

type HasRoot = { readonly root: Root | null }

/** All roots of a session: makes, groups, settles and counts them. */
export class Roots {
  accepted = 0
  /** Settled roots by fate. */
  readonly settled: number[] = new Array(FATES).fill(0)
  /** Told each settled root; for tests and recorders. */
  onSettle: ((id: number, fate: Fate) => void) | null = null
  #free: Root | null = null
  readonly #stack: Root[] = []

  /** The root of a new input; the caller owns its first count. */
  accept(): Root {
    const root = this.#make()
    root.id = this.accepted++
    return root
  }

  /** Gives one count back. */
  release(root: Root | null, fate: Fate): void {
    if (root === null) return
    if (fate > root.fate) root.fate = fate
    if (--root.count > 0) return
    if (root.parents === null) this.#end(root)
    else this.#settle(root)
  }

  /** One root for what is made of several items: theirs where it is the same, else a group. Their counts become its one. */
  fuse(items: readonly HasRoot[]): Root | null {
    let first: Root | null = null
    let parents: Root[] | null = null
    for (const { root } of items) {
      if (root === null) continue
      if (first === null) first = root
      else if (root === first || parents?.includes(root)) root.count--
      else if (parents === null) parents = [first, root]
      else parents.push(root)
    }
    if (parents === null) return first
    const group = this.#make()
    group.parents = parents
    return group
  }

  #make(): Root {
    const root = this.#free
    if (root === null) return new Root()
    this.#free = root.next
    root.next = null
    root.count = 1
    root.fate = FATE.filtered
    return root
  }

  /** Iterative, so that a long lineage of groups cannot overflow the stack. */
  #settle(settled: Root): void {
    const stack = this.#stack
    const base = stack.length
    stack.push(settled)
    while (stack.length > base) {
      const root = stack.pop() as Root
      const { fate, parents } = root
      if (parents === null) {
        this.#end(root)
        continue
      }
      root.parents = null
      for (const parent of parents) {
        if (fate > parent.fate) parent.fate = fate
        if (--parent.count === 0) stack.push(parent)
      }
      this.#recycle(root)
    }
  }

  #end(root: Root): void {
    const { fate } = root
    this.settled[fate] = (this.settled[fate] as number) + 1
    if (this.onSettle !== null) this.onSettle(root.id, fate)
    this.#recycle(root)
  }

  #recycle(root: Root): void {
    root.next = this.#free
    this.#free = root
  }
}
