import { MarshalingError, type NodeFactory, NotAvailableError } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { ManifestNode } from '../manifest/manifest.ts'
import type { GraphNode, ModuleReference } from './graph.ts'
import type { Problems } from './problems.ts'

const GROUP = new RegExp(LIMITS.id_pattern)

/** The file of the plugin that a factory came from; undefined for one that was made in code. */
export type FileOf = (factory: NodeFactory) => string | undefined

/** What is not built yet is refused, never accepted in silence. */
export function refusePlacement(id: string, { placement }: ManifestNode, problems: Problems): void {
  if (placement === undefined) return
  const { where = 'inline', replicas = 1, labels } = placement
  const refuse = (what: string, fix: string) => refused(id, `${what} is not available yet`, fix, problems)
  if (where === 'remote') refuse('placement remote', 'leave placement out, or say where: thread')
  if (replicas !== 1) refuse(`${replicas} replicas`, 'leave replicas out')
  if (labels !== undefined) refuse('placement by labels', 'leave labels out')
}

/**
 * The factory of a node in its process: in the one of the group that it names, or its own. What does not work in processes
 * has none, which is a problem where one is asked for.
 */
export function inProcess(
  id: string,
  { type, placement }: ManifestNode,
  { runtime, factory }: Pick<GraphNode, 'runtime' | 'factory'>,
  problems: Problems,
): NodeFactory {
  const { where, group } = placement ?? {}
  if (where !== 'process' && group === undefined) return factory
  if (where !== undefined && where !== 'process') {
    const message = `node "${id}": group "${group}" with where: ${where}`
    problems.add({ path: `nodes.${id}.placement`, message, fix: 'leave one of them out: a group shares a process' })
    return factory
  }
  if (group !== undefined && !GROUP.test(group)) {
    const message = `node "${id}": "${group}" is no name for a group`
    problems.add({ path: `nodes.${id}.placement.group`, message, fix: `give one that matches ${LIMITS.id_pattern}` })
    return factory
  }
  if (factory.inGroup !== undefined) return group === undefined ? factory : factory.inGroup(group)
  const what = group === undefined ? 'placement process' : `a group for "${type}", which is a ${runtime} node,`
  const fix =
    group === undefined
      ? 'leave placement out, or say where: thread'
      : 'leave group out: Python nodes alone have processes that they can share'
  refused(id, `${what} is not available yet`, fix, problems)
  return factory
}

/**
 * What a node that is placed on a thread is made of there: its type, in the file of its plugin. Null where it runs
 * inline, and where it cannot be made on a thread, which is a problem.
 */
export function threadOf(
  id: string,
  { type, placement }: ManifestNode,
  { runtime, factory, params, form, first }: Pick<GraphNode, 'runtime' | 'factory' | 'params' | 'form' | 'first'>,
  fileOf: FileOf,
  problems: Problems,
): ModuleReference | null {
  if (placement?.where !== 'thread') return null
  const refuse = (what: string, fix: string) => {
    refused(id, `placement thread: ${what}`, fix, problems)
    return null
  }
  const own = first.body.place !== undefined
  if (runtime !== 'javascript' && !own)
    return refuse(
      `"${type}" is a ${runtime} node, and has no thread to run on`,
      runtime === 'python'
        ? 'leave placement out: a Python node has a process of its own'
        : 'leave placement out, or say runtime_hint: javascript where there is a JavaScript form',
    )
  if (form !== 'execute')
    return refuse(
      `"${type}" is of the ${form} form, which is not available there yet`,
      'use execute, or leave placement out',
    )
  // A maker with threads of its own makes nothing anew: `Instances` tells it.
  if (own) return null
  const file = fileOf(factory)
  if (file === undefined)
    return refuse(
      `"${type}" is defined in code, so a thread cannot make it anew`,
      'put it into a module whose default export is definePlugin({ … }), and list that under plugins',
    )
  try {
    structuredClone(params)
  } catch (cause) {
    const message = `node "${id}": its params cannot be carried to its thread: ${(cause as Error).message}`
    const fix = 'give plain data as params'
    const error = new MarshalingError(message, { key: 'params', nodeId: id, fix, cause })
    problems.add({ path: `nodes.${id}.params`, message, code: error.code, fix }, error)
    return null
  }
  // By the name that it has there: the pipeline may call it otherwise.
  return { file, type: factory.spec?.type ?? type, runtime }
}

function refused(id: string, what: string, fix: string, problems: Problems): void {
  const error = new NotAvailableError(`node "${id}": ${what}`, { nodeId: id, fix })
  problems.add({ path: `nodes.${id}.placement`, message: error.message, code: error.code, fix }, error)
}
