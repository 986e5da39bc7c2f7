import type { Lab } from './lab.ts'

/** One rule of contract.md that can be looked at from outside. */
export interface Rule {
  /** As in contract.md. */
  readonly id: string
  readonly title: string
  /** Why it says nothing of this node; undefined where it does. */
  silent?(lab: Lab): string | undefined
  /** @throws Broken where the node breaks it. */
  check(lab: Lab): void | Promise<void>
}
