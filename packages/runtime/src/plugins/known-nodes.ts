import { isDeepStrictEqual } from 'node:util'
import type { NodeExecutor, NodeSpec, Plugin, Port } from '@anabranch/plugin-sdk'
import { bodyExecutor, type RecordBody } from '@anabranch/plugin-sdk/host'
import { readRecord, writeRecord } from './file-records.ts'
import { rememberPluginFile } from './plugin-file.ts'
import { triedAs } from './tried-files.ts'

/** Changes with what is kept, or with what is made of it. */
const FORM = 1
const MOST_MADE = 200

/** A node that was made of these params, as far as a graph asks. */
interface Made {
  readonly type: string
  readonly params: string
  readonly inputKeys: readonly string[]
  readonly outputKeys: readonly string[]
  readonly methods: readonly string[]
  readonly delayUs?: number
}

/** What the file of a plugin exported, and what was made of it. */
interface Known {
  readonly form: number
  /** What `triedAs` said then: all that the import read. */
  readonly tried: string
  readonly plugin: Pick<Plugin, 'name' | 'apiVersion'>
  readonly specs: readonly object[]
  readonly made: readonly Made[]
}

/** One node of a checked graph. */
export interface MadeNode {
  readonly type: string
  readonly params: unknown
  readonly executor: NodeExecutor
  readonly body: RecordBody
}

/** Thrown by a stand-in for params that no node was made of before. */
export class NotMadeBefore extends Error {}

/**
 * A stand-in for the plugin of a file that is as it was, with all that it imports, when it was loaded before: it has the
 * same specs, and makes nodes, which can do nothing, of the params that nodes were made of then. Null where nothing is
 * known. Only for who checks a graph and would not run it; what is wrong is for the plugin itself to say.
 */
export function knownPlugin(file: string): Plugin | null {
  const known = knownOf(file, triedAs(file))
  if (known === null) return null
  const nodes = (known.specs as readonly NodeSpec[]).map((spec) => ({
    spec,
    runtime: 'javascript',
    create(params: object): NodeExecutor {
      const text = JSON.stringify(params)
      const made = known.made.find((one) => one.type === spec.type && one.params === text)
      if (made === undefined) throw new NotMadeBefore(spec.type)
      const { inputKeys, outputKeys, methods, delayUs } = made
      const head = { nodeType: spec.type, runtime: 'javascript' as const, inputKeys, outputKeys }
      const body = Object.fromEntries(methods.map((name) => [name, notToBeRun]))
      return bodyExecutor(head, { ...body, ...(delayUs !== undefined && { delayUs }) })
    },
  }))
  const plugin = { ...known.plugin, nodes } as unknown as Plugin
  rememberPluginFile(plugin, { file, imports: null })
  return plugin
}

/**
 * Keeps what a stand-in needs, of a plugin whose nodes were all made well. Not of one that says more than data can:
 * factories with rules of their own, bodies with more than methods.
 */
export function rememberNodes(file: string, plugin: Plugin, nodes: readonly MadeNode[]): void {
  const tried = triedAs(file)
  if (tried === null || !plugin.nodes.every(isPlain)) return
  const specs = plugin.nodes.map(({ spec }) => saidBy(spec))
  const made = nodes.flatMap((node) => madeOf(node) ?? [])
  if (!isData(specs) || made.length < nodes.length) return
  const before = knownOf(file, tried)?.made ?? []
  const isNew = ({ type, params }: Made) => !before.some((one) => one.type === type && one.params === params)
  const { name, apiVersion } = plugin
  const all = [...before, ...made.filter(isNew)].slice(-MOST_MADE)
  const known: Known = { form: FORM, tried, plugin: { name, apiVersion }, specs, made: all }
  writeRecord('nodes', file, JSON.stringify(known))
}

/** What a spec says but schemas, which nothing asks where params were good before. */
function saidBy({ params: _, inputs, outputs, ...rest }: NodeSpec): object {
  return { ...rest, ...(inputs && { inputs: ports(inputs) }), ...(outputs && { outputs: ports(outputs) }) }
}

/** Without what makes other ports of them. */
function ports(keys: NonNullable<NodeSpec['inputs']>): object {
  const said = ({ schema: _, with: _with, optional: _optional, control: _control, ...port }: Port) => port
  return Object.fromEntries(Object.entries(keys).map(([key, port]) => [key, said(port)]))
}

function knownOf(file: string, tried: string | null): Known | null {
  if (tried === null) return null
  try {
    const known = JSON.parse(readRecord('nodes', file) ?? '') as Known
    return known.form === FORM && known.tried === tried ? known : null
  } catch {
    return null
  }
}

/** Its params are checked by `create`; `migrate` is asked for other versions alone, where the plugin itself is loaded. */
function isPlain(factory: Plugin['nodes'][number]): boolean {
  const more = Object.keys(factory).filter((key) => !['spec', 'runtime', 'create', 'migrate'].includes(key))
  return factory.runtime === 'javascript' && more.length === 0
}

function madeOf({ type, params, executor, body }: MadeNode): Made | null {
  const { delayUs, ...rest } = body
  const methods = Object.keys(rest)
  const only = methods.every((name) => typeof rest[name as keyof typeof rest] === 'function') && !('place' in rest)
  if (!only || !isData(params)) return null
  const [inputKeys, outputKeys] = [executor.inputKeys ?? [], executor.outputKeys ?? []]
  return {
    type,
    params: JSON.stringify(params),
    inputKeys,
    outputKeys,
    methods,
    ...(delayUs !== undefined && { delayUs }),
  }
}

/** Whether JSON says all of it. */
const isData = (value: unknown): boolean => isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value)

function notToBeRun(): never {
  throw new Error('a stand-in of a node was run')
}
