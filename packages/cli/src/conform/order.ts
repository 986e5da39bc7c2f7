import type { Runtime } from '@anabranch/plugin-sdk'

export type Place = 'inline' | 'thread' | 'process'

/** What one process looks at: a node type of a plugin, in one runtime and one place. */
export interface ConformOrder {
  readonly plugin: string
  /** The folder that the plugin is looked up from. */
  readonly from: string
  readonly type: string
  readonly runtime: Runtime
  readonly where: Place
  readonly params: Readonly<Record<string, unknown>>
  /** Whether nobody gave some of them: it works in an empty folder then, as one may be the path of a file that it writes. */
  readonly madeUp: boolean
  /** Sets to feed, where somebody gave some: values of some keys of each. */
  readonly feed?: readonly Readonly<Record<string, unknown>>[]
  /** Its twin. */
  readonly against?: { readonly plugin: string; readonly type: string; readonly runtime: Runtime }
  /** Rules that were looked at by a process before this one. */
  readonly done: readonly string[]
  /** How many of those came to no end in time. */
  readonly late: number
}

/** What became of one rule. */
export interface RuleResult {
  readonly rule: string
  readonly title: string
  readonly state: 'kept' | 'broken' | 'not-tested'
  /** What was seen, or why it was not looked at. */
  readonly message?: string
  /** file:line, where it is known. */
  readonly at?: string
  readonly page: string
  /** Whether it came to no end in time. */
  readonly late?: true
}

/** What the process says. */
export type ConformNews =
  | { readonly kind: 'begin'; readonly rule: string; readonly title: string }
  | { readonly kind: 'result'; readonly result: RuleResult }
  /** It cannot be looked at here at all. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly fix?: string }
  | { readonly kind: 'done' }
