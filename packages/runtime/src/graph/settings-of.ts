import type { JoinKind } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { Manifest, ManifestNode } from '../manifest/manifest.ts'
import type { FoundNode } from './check-node.ts'
import type { GraphEdge, GraphNode } from './graph.ts'
import type { NodeSettings } from './node-settings.ts'
import type { Problems } from './problems.ts'

/** Everything about how a node runs, from its spec and its options; contradictions are problems. */
export function graphNode(
  id: string,
  node: ManifestNode,
  found: FoundNode,
  ins: readonly GraphEdge[],
  mode: Manifest['mode'],
  problems: Problems,
): GraphNode {
  const { spec, first, form } = found
  const path = `nodes.${id}`
  const numbers = numberReader(path, problems)
  const purity = spec?.purity ?? 'stateful'
  const retrySafe = spec?.retrySafe ?? purity === 'pure'
  const maxRetries =
    retrySafe && form === 'execute'
      ? (numbers('retry.max_retries', node.retry?.max_retries, 0, 1000, true) ?? (mode === 'realtime' ? 0 : 3))
      : 0
  const itemless = form === 'operator' || form === 'stream'
  if (form !== 'execute')
    for (const name of ['retry', 'timeout_ms', 'total_timeout_ms', 'breaker'] as const)
      if (node[name] !== undefined)
        problems.add({
          path: `${path}.${name}`,
          message: `${name} on the ${form} form, which has no single input sets`,
          fix: `leave ${name} out, or use the execute form`,
        })
  if (form === 'execute' && (node.retry?.max_retries ?? 0) > 0 && !retrySafe)
    problems.add({
      path: `${path}.retry`,
      message: `${spec?.type ?? node.type} is ${purity} and not retrySafe, so it is never retried`,
      fix: 'leave retry out, or say purity: pure or retrySafe: true in its spec',
    })
  if (spec?.holds === 'explicit')
    problems.add({
      path,
      message: 'holds: explicit is not available yet',
      code: 'ANB_NOT_AVAILABLE',
      fix: 'leave holds out',
    })
  const outputKeys = spec?.outputs !== undefined ? Object.keys(spec.outputs) : (first.executor.outputKeys ?? [])
  const outputsKnown = spec !== undefined || outputKeys.length > 0
  const settings: NodeSettings = {
    id,
    type: node.type,
    outputKeys,
    outputsKnown,
    template: templateOf(found, ins),
    controlKeys: new Set(
      Object.entries(spec?.inputs ?? {}).flatMap(([key, port]) => (port.mode === 'control' ? [key] : [])),
    ),
    join: joinOf(id, node, found, ins, problems),
    trigger: node.trigger ?? spec?.trigger,
    toleranceMs: numbers('tolerance_ms', node.tolerance_ms, 0, 2 ** 31) ?? spec?.toleranceMs ?? 0,
    late: node.late ?? spec?.late ?? 'drop',
    concurrency: setsAhead(node, found, ins, maxRetries),
    ordered: spec?.ordered ?? true,
    onError: node.on_error ?? 'fail',
    time: spec?.time ?? (itemless ? 'span' : 'keep'),
    lineage: spec?.lineage ?? 'span',
    timed: spec?.timed ?? false,
    elsewhere: found.thread !== null || found.factory.runtime === 'python',
    maxHeld: spec?.maxHeld ?? LIMITS.held,
    sink: outputsKnown && outputKeys.length === 0,
    effectful: purity === 'effectful',
    frameOutputs: form === 'execute' || form === 'source' ? keysOfKind(spec?.outputs, ['audio']) : new Set(),
    frameInputs: new Set(),
  }
  if (!['fail', 'skip', 'dead-letter'].includes(settings.onError))
    problems.unknown(`${path}.on_error`, 'policy', String(settings.onError), ['fail', 'skip', 'dead-letter'])
  return {
    ...found,
    id,
    settings: { ...settings, frameInputs: lentInputs(node, found, settings) },
    reusable: form === 'execute' && (purity !== 'stateful' || first.body.reset !== undefined),
    retry: {
      max_retries: maxRetries,
      base_ms: numbers('retry.base_ms', node.retry?.base_ms, 0, 2 ** 31) ?? 100,
      cap_ms: numbers('retry.cap_ms', node.retry?.cap_ms, 0, 2 ** 31) ?? 10_000,
      jitter: node.retry?.jitter ?? false,
    },
    breaker: {
      failures: numbers('breaker.failures', node.breaker?.failures, 1, 2 ** 31, true) ?? 5,
      cooldown_ms: numbers('breaker.cooldown_ms', node.breaker?.cooldown_ms, 0, 2 ** 31) ?? 30_000,
    },
    timeoutMs: numbers('timeout_ms', node.timeout_ms, 1, 2 ** 31 - 1),
    totalTimeoutMs: numbers('total_timeout_ms', node.total_timeout_ms, 1, 2 ** 31 - 1),
  }
}

/**
 * How many sets a node is given ahead of the one at work, where it works on a thread or in a process of its own, so that it
 * need not wait for the next. Its own number where an outcome decides how the next set is to be called: its time is
 * limited, it keeps content over calls, or it is stateful and called again after a failure; and where an edge may lose
 * items, which is to lose the same ones wherever the node works.
 */
function setsAhead(
  node: ManifestNode,
  { spec, thread, factory }: FoundNode,
  ins: readonly GraphEdge[],
  maxRetries: number,
): number {
  const own = spec?.concurrency ?? 1
  const { threadInFlight } = factory
  const goes = thread === null && node.placement?.where === 'thread' && threadInFlight !== undefined
  const elsewhere = thread === null ? (factory.inFlight ?? own) : LIMITS.thread_in_flight
  const ahead = goes ? threadInFlight : elsewhere
  const keeps = !goes && (spec?.time === 'span' || spec?.time === 'samples')
  const limited = node.timeout_ms !== undefined || node.total_timeout_ms !== undefined
  const repeated = (spec?.purity ?? 'stateful') === 'stateful' && maxRetries > 0
  const lossy = ins.some(({ options }) => options.policy !== 'block')
  return keeps || limited || repeated || lossy ? own : Math.max(own, ahead)
}

/** What an input may be lent for: a call that has an end, after which nobody looks at it again. */
function lentInputs(
  node: ManifestNode,
  { spec, form, thread }: FoundNode,
  settings: NodeSettings,
): ReadonlySet<string> {
  // A call that timed out may still read; a held set may be written as a dead letter; `latest` uses values again.
  // On a thread it has a lease of its own.
  const limited = node.timeout_ms !== undefined || node.total_timeout_ms !== undefined
  const outlived =
    (limited && thread === null) ||
    (settings.onError === 'dead-letter' && settings.time !== 'keep') ||
    settings.join === 'latest'
  if (form !== 'execute' || outlived) return new Set()
  return keysOfKind(spec?.inputs, ['audio', 'pcm'])
}

function keysOfKind(ports: NonNullable<FoundNode['spec']>['inputs'], kinds: readonly string[]): ReadonlySet<string> {
  return new Set(
    Object.entries(ports ?? {}).flatMap(([key, { kind, mode }]) =>
      kinds.includes(kind) && mode !== 'control' ? [key] : [],
    ),
  )
}

function numberReader(path: string, problems: Problems) {
  return (name: string, value: number | undefined, least: number, most: number, whole = false): number | undefined => {
    if (value === undefined) return undefined
    if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)))
      return value
    problems.add({
      path: `${path}.${name}`,
      message: `${name} is ${value}`,
      fix: `give a ${whole ? 'whole ' : ''}number from ${least} to ${most}`,
    })
    return undefined
  }
}

/** All keys of the input record in one order, with their values while nothing has arrived. */
function templateOf({ spec, first }: FoundNode, ins: readonly GraphEdge[]): Record<string, unknown> {
  const ports = Object.entries(spec?.inputs ?? {}).map(([key, port]) => [key, port.initial] as const)
  const keys = [...(first.executor.inputKeys ?? []), ...ins.map((edge) => edge.inputKey)]
  return { ...Object.fromEntries(keys.map((key) => [key, undefined])), ...Object.fromEntries(ports) }
}

function joinOf(
  id: string,
  node: ManifestNode,
  { spec }: FoundNode,
  ins: readonly GraphEdge[],
  problems: Problems,
): JoinKind {
  const path = `nodes.${id}`
  const join = node.join ?? spec?.join ?? 'zip'
  const kinds: readonly JoinKind[] = ['zip', 'latest', 'merge', 'align']
  if (!kinds.includes(join)) problems.unknown(`${path}.join`, 'join', String(join), kinds)
  const keys = ins.map((edge) => edge.inputKey)
  const twice = keys.find((key, at) => keys.indexOf(key) !== at)
  if (twice !== undefined && join !== 'merge')
    problems.add({
      path: `${path}.in.${twice}`,
      message: `several edges into "${twice}" with join: ${join}`,
      fix: 'say join: merge, or give each edge a key of its own',
    })
  if (join === 'merge' && new Set(keys).size > 1) {
    const required = Object.entries(spec?.inputs ?? {}).filter(
      ([key, port]) => port.mode === 'required' && keys.includes(key),
    )
    if (required.length > 1)
      problems.add({
        path: `${path}.join`,
        message: `join: merge gives one of ${required.map(([key]) => key).join(', ')} at a time, but all are required`,
        fix: 'use zip, latest or align, or one key',
      })
  }
  checkTrigger(path, node.trigger, join, spec, keys, problems)
  for (const name of ['tolerance_ms', 'late'] as const)
    if (node[name] !== undefined && join !== 'align')
      problems.add({
        path: `${path}.${name}`,
        message: `${name} with join: ${join}`,
        fix: `say join: align, or leave ${name} out`,
      })
  return join
}

/** Only a data input that something feeds can be the one whose arrival emits. */
function checkTrigger(
  path: string,
  said: string | undefined,
  join: JoinKind,
  spec: FoundNode['spec'],
  keys: readonly string[],
  problems: Problems,
): void {
  if (said !== undefined && join !== 'latest')
    problems.add({
      path: `${path}.trigger`,
      message: `trigger with join: ${join}`,
      fix: 'say join: latest, or leave trigger out',
    })
  const trigger = said ?? (join === 'latest' ? spec?.trigger : undefined)
  if (trigger === undefined) return
  const port = spec?.inputs?.[trigger]
  if (port?.mode === 'control')
    problems.add({
      path: `${path}.trigger`,
      message: `the trigger "${trigger}" is a control input, which never makes the node run`,
      fix: 'name one of its other inputs',
    })
  else if (said !== undefined && !keys.includes(said)) problems.unknown(`${path}.trigger`, 'input', said, keys)
  else if (port?.mode === 'optional' && !keys.includes(trigger))
    problems.add({
      path: `${path}.in.${trigger}`,
      message: `nothing feeds the trigger "${trigger}", so it never runs`,
      fix: `add in: { ${trigger}: node.key }, or another trigger`,
    })
}
