import type { Costs } from '../cost/cost-label.ts'
import type { NodeType } from '../nodes/node-type.ts'
import type { Power } from './powers.ts'

export interface DescribedNode extends Omit<NodeType, 'runtimes'> {
  readonly runtimes: readonly string[]
  /** What it was measured to cost, by runtime. */
  readonly costs?: Costs
}

/** What a package says of its plugin, so that nobody has to execute it to know. */
export interface PluginDescription {
  readonly apiVersion: number
  /** Which of its exports is the plugin, where that is not its root: `./nodes`. Its author says it. */
  readonly export?: string
  /** What its author says that it uses; of an addon, that it is one. */
  readonly powers: readonly Power[]
  readonly nodes: readonly DescribedNode[]
}
