import { dirname, resolve } from 'node:path'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { loadDraft, parseDraft } from '@anabranch/runtime'
import type { Io } from '../io.ts'
import { textOf } from './read-pipeline.ts'

/** A pipeline file as far as it is written: it need not be valid. */
export interface PipelineDraft {
  readonly plugins: readonly string[]
  /** Types that it calls otherwise: by that name, the type that a plugin has. */
  readonly aliases: ReadonlyMap<string, string>
  /** By name, the kind of each. */
  readonly inputs: ReadonlyMap<string, string>
  readonly nodes: ReadonlyMap<string, DraftNode>
  /** Whether `plugins` are all that it may use: parts and profiles may bring more. */
  readonly closed: boolean
}

/** A node by its type, or a part by what its file takes and gives; neither where nobody can tell. */
export interface DraftNode {
  readonly type?: string
  readonly part?: { readonly file: string; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
}

const ID = new RegExp(LIMITS.id_pattern)

type Fields = Readonly<Record<string, unknown>>

/** Reads a file, or stdin for `-`. @throws ManifestError for what is no YAML or JSON. */
export async function readPipelineDraft(file: string, io: Io): Promise<PipelineDraft> {
  const fields = map(file === '-' ? parseDraft(await textOf(io.stdin), { file: 'stdin' }) : await loadDraft(file))
  const nodes = new Map<string, DraftNode>()
  for (const [id, node] of listed(fields.nodes).filter(([id]) => ID.test(id)))
    nodes.set(id, await draftNode(map(node), dirname(file)))
  const plugins = (Array.isArray(fields.plugins) ? fields.plugins : []).filter((each) => typeof each === 'string')
  return {
    plugins: plugins.filter((name) => !name.includes('${')),
    aliases: new Map(
      Object.entries(map(fields.alias)).flatMap(([name, meant]) => {
        const type = word(map(meant).type)
        return type === undefined ? [] : [[name, type] as const]
      }),
    ),
    inputs: new Map(Object.entries(map(fields.inputs)).map(([name, input]) => [name, word(map(input).kind) ?? ''])),
    nodes,
    closed:
      fields.profiles === undefined &&
      plugins.every((name) => !name.includes('${')) &&
      ![...nodes.values()].some(({ part }) => part !== undefined),
  }
}

/** Nodes of the map form, or of the list form. */
function listed(nodes: unknown): (readonly [id: string, node: unknown])[] {
  if (!Array.isArray(nodes)) return Object.entries(map(nodes))
  return nodes.flatMap((node) => {
    const id = word(map(node).id)
    return id === undefined ? [] : [[id, node] as const]
  })
}

async function draftNode({ type, node_type, use }: Fields, folder: string): Promise<DraftNode> {
  const file = word(use)
  if (file === undefined) {
    const name = word(type) ?? word(node_type)
    return name === undefined ? {} : { type: name }
  }
  // A part that cannot be read is a matter of `validate`.
  const fields = map(await loadDraft(resolve(folder, file)).catch(() => undefined))
  return { part: { file, inputs: Object.keys(map(fields.inputs)), outputs: Object.keys(map(fields.outputs)) } }
}

const map = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
const word = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
