import type { Edge } from '../../edges/edge.ts'
import type { NodeSettings } from '../../graph/node-settings.ts'
import { AlignJoin } from './align-join.ts'
import type { Join, JoinHost } from './join.ts'
import { LatestJoin } from './latest-join.ts'
import { MergeJoin } from './merge-join.ts'
import { ZipJoin } from './zip-join.ts'

/** The join of a node with several data in-edges. */
export function makeJoin(settings: NodeSettings, host: JoinHost, edges: readonly Edge[]): Join {
  switch (settings.join) {
    case 'merge':
      return new MergeJoin(host, edges)
    case 'latest':
      return new LatestJoin(
        host,
        edges,
        edges.findIndex((edge) => edge.key === settings.trigger),
      )
    case 'align':
      return new AlignJoin(host, edges, settings.toleranceMs, settings.late)
    default:
      return new ZipJoin(host, edges)
  }
}
