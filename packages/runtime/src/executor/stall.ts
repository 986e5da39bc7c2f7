import { type AnabranchError, StallError } from '@anabranch/plugin-sdk'
import type { Edge } from '../edges/edge.ts'
import type { EngineNode } from './engine-node.ts'

/** What is asked of a session. */
interface Asked {
  /** Nodes that are not closed. */
  readonly open: number
  /** Promises of executions and pulls that are outstanding. */
  readonly pending: number
  readonly nodes: readonly EngineNode[]
  readonly edges: readonly Edge[]
}

/** Why a session whose queue ran empty is quiet. */
export type Quiet = 'done' | 'waiting' | 'unread' | 'completing' | AnabranchError

/**
 * Asked when the turn queue runs empty. `waiting`: somebody outside may still act (a promise, a user who
 * sends, a timer of a node that holds something). `unread`: outputs wait for a reader. `completing`: only timed
 * operators whose input has ended are left; they get a limited time. Else nothing can ever run again: the error names the edges on which items wait.
 */
export function quiet(engine: Asked): Quiet {
  if (engine.open === 0) return 'done'
  if (engine.pending > 0) return 'waiting'
  const open = engine.nodes.filter((node) => node.state === 'open')
  if (open.some((node) => node.awaitsUser())) return 'waiting'
  if (open.some((node) => node.awaitsReader())) return 'unread'
  if (open.some((node) => node.settings.timed && node.held() > 0)) return 'waiting'
  if (open.some((node) => node.settings.timed && !node.completing())) {
    // A timed operator with an open input and nothing held may still speak, but only what waits elsewhere can stall it.
    const waiting = engine.edges.some((edge) => edge.state === 'open' && !edge.empty)
    if (!waiting) return 'waiting'
  }
  if (open.some((node) => node.settings.timed && node.completing())) return 'completing'
  const waiting = engine.edges.filter((edge) => edge.state === 'open' && !edge.empty).map((edge) => edge.name)
  const holding = open.filter((node) => node.held() > 0).map((node) => node.id)
  const unfinished = open.filter((node) => node.completing()).map((node) => node.id)
  return new StallError(describeStall(waiting, holding, unfinished), {
    edges: waiting,
    fix:
      waiting.length > 0
        ? 'raise max on these edges, use join: align or latest, or say timed: true where an operator waits for a timer'
        : 'let the operator complete when its input does, or say timed: true',
  })
}

function describeStall(waiting: readonly string[], holding: readonly string[], unfinished: readonly string[]): string {
  const parts = [
    waiting.length > 0 ? `items wait on ${waiting.join(', ')}` : '',
    holding.length > 0 ? `sets are held by ${holding.join(', ')}` : '',
    unfinished.length > 0 ? `${unfinished.join(', ')} did not complete after the input did` : '',
  ].filter((part) => part !== '')
  return `nothing can run any more: ${parts.join('; ') || 'no node can go on'}`
}
