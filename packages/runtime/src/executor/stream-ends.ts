import { InvalidInputsError, NodeNotFoundError, NotAvailableError } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'
import type { Graph } from '../graph/graph.ts'

/** The kinds at the two ends of a stream through a graph; `anything` where a node does not say. */
export interface StreamEnds {
  readonly inputKind: string
  readonly outputKind: string
}

/**
 * Checks that `input` is an input of the pipeline and `output` one that leaves it.
 *
 * @throws InvalidInputsError, NodeNotFoundError, or NotAvailableError for an output that is read inside the pipeline
 */
export function streamEnds(graph: Graph, input: string, output: string): StreamEnds {
  if (!graph.inputs.includes(input)) {
    const [near] = nearest(input, graph.inputs)
    throw new InvalidInputsError(
      `this pipeline has no input "${input}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      {
        key: input,
        fix: graph.inputs.length > 0 ? `use ${graph.inputs.join(', ')}` : 'declare inputs: { name: … } in the pipeline',
      },
    )
  }
  const dot = output.indexOf('.')
  const [id, key] = [output.slice(0, dot), output.slice(dot + 1)]
  const node = graph.nodes.find((one) => one.id === id)
  const keys = node?.settings.outputKeys ?? []
  if (node === undefined || (node.settings.outputsKnown && !keys.includes(key))) {
    const refs = graph.nodes.flatMap((one) => one.settings.outputKeys.map((name) => `${one.id}.${name}`))
    const near = nearest(output, refs)
    throw new NodeNotFoundError(
      `this pipeline has no output "${output}"${near[0] === undefined ? '' : `; did you mean "${near[0]}"?`}`,
      { nearest: near, fix: `use one of ${refs.slice(0, 12).join(', ')}` },
    )
  }
  if (graph.edges.some(({ from }) => 'node' in from && from.node === id))
    throw new NotAvailableError(`"${output}" is read inside the pipeline, so it does not leave it`, {
      nodeId: id,
      fix: 'name an output of a final node; session.tap() shows the others',
    })
  return {
    inputKind: graph.inputKinds.get(input) ?? 'anything',
    outputKind: node.factory.spec?.outputs?.[key]?.kind ?? 'anything',
  }
}
