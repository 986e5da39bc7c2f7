import type { Graph } from '../graph/graph.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { drawMermaid } from './draw-mermaid.ts'
import { drawText } from './draw-text.ts'
import { drawingOf } from './drawing.ts'

export interface DrawOptions {
  /** `mermaid`: a flowchart for documents. `text`: lines for a terminal, and a list of the nodes. Default `text`. */
  readonly format?: 'mermaid' | 'text'
}

/**
 * A drawing of a pipeline, the same for the same pipeline. Policies other than `block` stand on their edges, and keys
 * other than `output` and `input`. Node types need not be known.
 *
 * @throws ManifestError where there are no nodes; CycleError.
 */
export function drawGraph(of: Manifest | Graph, { format = 'text' }: DrawOptions = {}): string {
  return format === 'mermaid' ? drawMermaid(drawingOf(of)) : drawText(drawingOf(of))
}
