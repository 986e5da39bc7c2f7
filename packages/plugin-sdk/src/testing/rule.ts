import type { Subject } from './subject.ts'

/** One rule of contract/contract.md that a node can be tested for. */
export interface Rule {
  /** As in contract.md: C1, C2 … */
  readonly id: string
  readonly title: string
  /** Whether the rule says anything of this node. Default: always. */
  applies?(subject: Subject): boolean
  /** @throws AssertionError where the node breaks the rule. */
  check(subject: Subject): Promise<void>
}
