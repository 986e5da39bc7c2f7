import type { Graph } from '../graph/graph.ts'
import type { Plan } from '../graph/plan.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { drawDot } from './draw-dot.ts'
import { drawMermaid } from './draw-mermaid.ts'
import { drawText } from './draw-text.ts'
import { drawingOf } from './drawing.ts'

export interface DrawOptions {
  /** `mermaid`: a flowchart for documents. `dot`: for Graphviz. `text`: lines for a terminal, and a list of the nodes. Default `text`. */
  readonly format?: 'mermaid' | 'dot' | 'text'
}

/**
 * A drawing of a pipeline, the same for the same pipeline. Policies other than `block` stand on their edges, and keys
 * other than `output` and `input`. Node types need not be known.
 *
 * @throws ManifestError where there are no nodes; CycleError.
 */
export function drawGraph(of: Manifest | Plan | Graph, { format = 'text' }: DrawOptions = {}): string {
  const drawing = drawingOf(of)
  if (format === 'dot') return drawDot(drawing)
  return format === 'mermaid' ? drawMermaid(drawing) : drawText(drawing)
}
