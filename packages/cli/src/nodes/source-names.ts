import type { PipelineDraft } from '../pipeline/pipeline-draft.ts'
import type { NodeType } from './node-type.ts'

/** What `in:` may name in one pipeline. */
export interface SourceNames {
  readonly known: readonly { readonly name: string; readonly about: string }[]
  /** Nodes whose keys nobody here knows: any key of theirs may be right. */
  readonly open: readonly string[]
  /** The nodes themselves, which `connections:` may name. */
  readonly nodes: readonly string[]
}

/** The inputs of a pipeline and the output keys of its nodes, each with what it carries. */
export function sourceNames({ inputs, nodes }: PipelineDraft, types: readonly NodeType[]): SourceNames {
  const byType = new Map(types.map((type) => [type.type, type]))
  const known = [...inputs].map(([name, kind]) => ({
    name,
    about: `${kind}, an input of this pipeline`.replace(/^, /, ''),
  }))
  const open: string[] = []
  for (const [id, { type = '', part }] of nodes) {
    const keys =
      part === undefined
        ? (byType.get(type)?.outputs ?? []).map(({ key, kind }) => ({ key, about: `${kind} of ${type}` }))
        : part.outputs.map((key) => ({ key, about: `an output of ${part.file}` }))
    if (keys.length === 0) open.push(id)
    known.push(...keys.map(({ key, about }) => ({ name: `${id}.${key}`, about })))
  }
  return { known, open, nodes: [...nodes.keys()] }
}
