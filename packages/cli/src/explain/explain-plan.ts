import { drawGraph, type Plan, type PlannedNode } from '@anabranch/runtime'
import { costText, machineText } from '../cost/cost-label.ts'
import type { PlanCosts } from '../cost/plan-costs.ts'
import { bytes } from '../text/bytes.ts'
import { columns } from '../text/columns.ts'
import { count } from '../text/count.ts'
import type { Paint } from '../text/paint.ts'
import { atOnce } from './at-once.ts'
import { memoryBound } from './memory-bound.ts'

/** What `explain FILE --json` gives: the plan, and what follows from it. */
export function explained(plan: Plan) {
  return { ...plan, at_once: atOnce(plan), memory: memoryBound(plan) }
}

/** A plan in words: the drawing, the order, the reasons, what runs at once and how much may wait. */
export function explainPlan(plan: Plan, costs: PlanCosts, paint: Paint): string {
  const [drawing = ''] = drawGraph(plan).split('\n\n')
  const size = `${count(plan.nodes.length, 'node')}, ${count(plan.edges.length, 'edge')}`
  return [
    `${paint.bold(plan.name)}: ${size}, ${plan.mode}`,
    '',
    drawing,
    '',
    ...section('order', nodeRows(plan), paint),
    ...section('at once', forkLines(plan), paint),
    ...section(
      'one call a frame',
      plan.fused.map(({ nodes }) => nodes.join(' → ')),
      paint,
    ),
    ...section('memory', memoryLines(plan), paint),
    ...section('cost', costLines(costs), paint),
    '',
  ].join('\n')
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : [paint.bold(title), ...lines.map((line) => `  ${line}`), '']
}

function nodeRows({ nodes }: Plan): string[] {
  return columns(
    nodes.map((node, at) => [`${at + 1}`, node.id, node.type, node.runtime, placeOf(node), reasonOf(node)]),
    [0],
  )
}

const PLACES = { inline: 'in this process', thread: 'a thread of its own', process: 'a process of its own' }
const placeOf = ({ where }: PlannedNode) => PLACES[where]

function reasonOf({ runtime, passedOver, join, onError, maxRetries, concurrency }: PlannedNode): string {
  const why = passedOver.map((each) => `not ${each.runtime}: ${each.reason}`)
  return [
    ...(why.length > 0 ? why : [`${runtime} comes first`]),
    ...(join === null ? [] : [`join ${join}`]),
    ...(concurrency === 1 ? [] : [`${concurrency} at a time`]),
    ...(maxRetries === 0 ? [] : [`up to ${count(maxRetries, 'retry', 'retries')}`]),
    ...(onError === 'fail' ? [] : [`on error ${onError}`]),
  ].join('; ')
}

/** Each node, then what it was measured with, once for each machine. */
function costLines(costs: PlanCosts): string[] {
  const labels = Object.entries(costs)
  const rows = labels.map(([id, label]) => [
    id,
    costText(label),
    label.now === undefined ? '' : `of version ${label.version}, not ${label.now}`,
  ])
  const frames = new Map<string, Set<string>>()
  for (const [, { frame, machine }] of labels) {
    const where = machineText(machine)
    frames.set(where, (frames.get(where) ?? new Set()).add(frame))
  }
  const conditions = [...frames].map(([where, given]) => `measured with ${[...given].join(', ')}; ${where}`)
  return [...columns(rows), ...conditions]
}

function forkLines(plan: Plan): string[] {
  const forks = atOnce(plan)
  if (forks.length === 0) return []
  const lines = forks.map(({ after, branches }) => {
    const where = after === '' ? 'from the start' : `after ${after}`
    return `${where}: ${branches.map((ids) => ids.join(' → ')).join(' | ')}`
  })
  const own = plan.nodes.filter(({ where }) => where !== 'inline').map(({ id }) => id)
  const inline = 'JavaScript in this process takes turns of at most 1 ms'
  return [
    ...lines,
    own.length === 0 ? inline : `${inline}; ${own.join(', ')} ${own.length === 1 ? 'works' : 'work'} beside it`,
  ]
}

function memoryLines(plan: Plan): string[] {
  const { items, edges, pool_bytes } = memoryBound(plan)
  const special = edges.filter(
    ({ policy, items, bytes: known }) => policy !== 'block' || items !== 64 || known !== null,
  )
  return [
    `at most ${count(items, 'item waits', 'items wait')} on ${count(edges.length, 'edge')}; a full edge ${
      edges.every(({ policy }) => policy === 'block') ? 'holds its producer' : 'does as its policy says'
    }`,
    ...columns(
      special.map(({ edge, policy, items, bytes: known }) => [
        `${edge}:`,
        policy,
        count(items, 'item'),
        known === null ? '' : bytes(known),
      ]),
    ),
    ...(pool_bytes === null
      ? []
      : [`audio lies in shared memory of at most ${bytes(pool_bytes)}; beyond it frames are made one by one`]),
  ]
}
