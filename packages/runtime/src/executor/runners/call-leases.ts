import { AudioBuffer } from '@anabranch/plugin-sdk'
import { LENDER, releaseAudio } from '@anabranch/plugin-sdk/host'
import type { Edge } from '../../edges/edge.ts'
import type { Item } from '../../edges/item.ts'
import type { RunContext } from '../node-context.ts'
import type { InputRecord } from '../record-maker.ts'
import type { Work } from './work.ts'

const NOTHING: readonly unknown[] = []

/** The frames of a node's calls: what a call was lent and what it made is given back when it has ended. */
export class CallLeases {
  /** Keys on which frames are lent. */
  #keys: readonly string[] = []
  /** Whether a set's value is the value of its only key, and no record. */
  #single = false

  /** Called once all edges are there. */
  wired(ins: readonly Edge[], frameInputs: ReadonlySet<string>, single: boolean): void {
    const lending = ins.filter(({ key, frames }) => frames !== null && frameInputs.has(key))
    // Once each: several edges may lead to one key.
    this.#keys = [...new Set(lending.map(({ key }) => key))]
    this.#single = single
  }

  /** A call that was answered at once is over. */
  ended(set: Item, context: RunContext): void {
    giveBack(this.#lent(set), context)
  }

  /** A call goes on as a work. */
  begun(work: Work): void {
    work.lent = work.isFlush ? NOTHING : this.#lent(work.item)
  }

  /** Its code has ended. Said a second time, it changes nothing. */
  workEnded(work: Work): void {
    const { lent } = work
    if (lent === null) return
    work.lent = null
    giveBack(lent, work.context)
  }

  #lent(set: Item): readonly unknown[] {
    if (this.#keys.length === 0) return NOTHING
    if (this.#single) return [set.value]
    const record = set.value as InputRecord
    return this.#keys.map((key) => record[key])
  }
}

function giveBack(lent: readonly unknown[], context: RunContext): void {
  for (const value of lent) if (value instanceof AudioBuffer) releaseAudio(value)
  context[LENDER]?.end()
}
