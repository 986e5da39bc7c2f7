import {
  InvalidParamsError,
  isAnabranchError,
  type NodeFactory,
  type NodeRef,
  NotAvailableError,
  type Runtime,
} from '@anabranch/plugin-sdk'
import { checkForm, nodeError, type RecordBody, recordBody } from '@anabranch/plugin-sdk/host'
import type { Manifest, ManifestNode } from '../manifest/manifest.ts'
import { type FileOf, inProcess, refusePlacement, threadOf } from './check-placement.ts'
import type { GraphNode } from './graph.ts'
import { migrated } from './migrated.ts'
import { paramProblems } from './param-problems.ts'
import { paramsOf } from './params-of.ts'
import type { Problems } from './problems.ts'

const OPTIONS = [
  'type',
  'params',
  'params_version',
  'in',
  'runtime_hint',
  'join',
  'trigger',
  'tolerance_ms',
  'late',
  'timeout_ms',
  'total_timeout_ms',
  'on_error',
  'retry',
  'breaker',
  'placement',
]

type Found = Pick<GraphNode, 'runtime' | 'factory' | 'passedOver'>

/** Finds the factory of a node type; null where what is wrong with it is told already. @throws NodeNotFoundError */
export type Resolve = (nodeType: string, hint: Runtime | 'auto') => Found | null

/** A node type as the graph found it: the factory, and one instance made from the params. */
export interface FoundNode
  extends Pick<GraphNode, 'runtime' | 'factory' | 'passedOver' | 'first' | 'form' | 'params' | 'thread' | 'where'> {
  readonly spec: NonNullable<NodeFactory['spec']> | undefined
}

/** Finds a node's factory and makes it once, so that wrong params are known before a run; null where there is a problem. */
export function findNode(
  id: string,
  node: ManifestNode,
  resolve: Resolve,
  fileOf: FileOf,
  carried: ReadonlyMap<string, NodeRef & Partial<NodeFactory>>,
  problems: Problems,
): FoundNode | null {
  const path = `nodes.${id}`
  for (const name of Object.keys(node))
    if (!OPTIONS.includes(name)) problems.unknown(path, 'node option', name, OPTIONS)
  refusePlacement(id, node, problems)
  let resolution: Found | null
  try {
    resolution = resolveNode(node, resolve, carried)
  } catch (error) {
    const hinted = ['auto', 'native', 'javascript', 'python'].includes(node.runtime_hint ?? 'auto')
    problem(problems, `${path}.${hinted ? 'type' : 'runtime_hint'}`, error, id)
    return null
  }
  if (resolution === null) return null
  try {
    const { runtime, passedOver } = resolution
    const factory = inProcess(id, node, resolution, problems)
    const given = migrated(id, node, factory, fileOf, problems)
    if (given === null) return null
    const params = paramsOf(id, given, factory.spec?.params, problems.source?.fromEnv)
    const executor = factory.create(params)
    const body = recordBody(executor)
    checkForm(factory.spec ?? { type: node.type }, body)
    const form = formOf(body)
    const first = { executor, body }
    return {
      runtime,
      factory,
      passedOver,
      params,
      first,
      form,
      thread: threadOf(id, node, { runtime, factory, params, form, first }, fileOf, problems),
      where: node.placement?.where,
      spec: factory.spec,
    }
  } catch (error) {
    if (error instanceof InvalidParamsError)
      paramProblems(id, nodeError(error, id), resolution.factory.spec?.params, problems)
    else problem(problems, path, error, id)
    return null
  }
}

function resolveNode(
  node: ManifestNode,
  resolve: Resolve,
  carried: ReadonlyMap<string, NodeRef & Partial<NodeFactory>>,
): Found | null {
  const own = carried.get(node.type)
  const hint = node.runtime_hint ?? 'auto'
  if (own?.create === undefined || own.runtime === undefined || (hint !== 'auto' && hint !== own.runtime))
    return resolve(node.type, hint)
  const lack = own.available?.() ?? null
  if (lack === null) return { runtime: own.runtime, factory: own as NodeFactory, passedOver: [] }
  try {
    // A twin may be registered.
    return resolve(node.type, hint)
  } catch (cause) {
    const message = `"${node.type}" of the pipeline cannot run here (${own.runtime}: ${lack.reason}); ${(cause as Error).message}`
    throw new NotAvailableError(message, { cause, fix: lack.fix })
  }
}

function formOf(body: RecordBody): GraphNode['form'] {
  if (body.execute !== undefined) return 'execute'
  if (body.operator !== undefined) return 'operator'
  return body.stream !== undefined ? 'stream' : 'source'
}

function problem(problems: Problems, path: string, thrown: unknown, id: string): void {
  const error = nodeError(thrown, id)
  problems.add(
    { path, message: error.message, code: error.code, ...(error.fix === undefined ? {} : { fix: error.fix }) },
    isAnabranchError(thrown) ? thrown : error,
  )
}

export function refuseMode(mode: Manifest['mode'], problems: Problems): void {
  if (mode === undefined || mode === 'lossless' || mode === 'realtime') return
  const known = mode === 'at-least-once' || mode === 'effectively-once'
  if (!known) return problems.unknown('mode', 'mode', String(mode), ['lossless', 'realtime'])
  const fix = 'use lossless or realtime'
  const error = new NotAvailableError(`mode ${mode} is not available yet`, { fix })
  problems.add({ path: 'mode', message: error.message, code: error.code, fix }, error)
}
