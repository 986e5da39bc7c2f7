import type { Runtime } from '@anabranch/plugin-sdk'
import type { PassedOver } from '../passed-over.ts'
import type { Graph } from './graph.ts'

/** A node for which `auto` chose another runtime than it would have, because that cannot run it here. */
export interface SteppedIn {
  readonly node: string
  /** The runtime that was chosen. */
  readonly runtime: Runtime
  /** Those that cannot run it here, and why. */
  readonly passedOver: readonly PassedOver[]
}

/** The nodes of a graph for which another runtime stepped in. */
export function steppedIn(graph: Graph | null): SteppedIn[] {
  return (graph?.nodes ?? []).flatMap(({ id, runtime, passedOver }) => {
    const lacking = passedOver.filter((each) => each.lacking)
    return lacking.length === 0 ? [] : [{ node: id, runtime, passedOver: lacking }]
  })
}
