import { type AnabranchError, HeldLimitError, LimitExceededError } from '@anabranch/plugin-sdk'
import { LIMITS, nodeError } from '@anabranch/plugin-sdk/host'
import { FATE } from '../../edges/fate.ts'
import type { OnError } from '../../manifest/manifest.ts'
import type { HoldSet } from '../hold-set.ts'
import type { NodeRunner } from './node-runner.ts'

/** All that is held failed together: counted by the policy, told once. */
export function faultHolds(runner: NodeRunner, holds: HoldSet, thrown: unknown, onError: OnError): void {
  const error = nodeError(thrown, runner.id)
  const { engine } = runner
  engine.failure(runner, error)
  if (onError === 'dead-letter') {
    for (const set of holds.sets) engine.deadLetter(runner, error, set, runner.record(set))
    if (holds.current !== null) engine.deadLetter(runner, error, holds.current, null)
    return holds.settleAll(runner, 'deadLettered', FATE.deadLettered)
  }
  holds.settleAll(runner, 'failed', FATE.failed)
  if (onError === 'fail') end(runner, error)
}

/** The node failed where no set was at work: at flush, at an operator's start. */
export function faultWithoutSet(runner: NodeRunner, thrown: unknown, onError: OnError): void {
  const error = nodeError(thrown, runner.id)
  runner.engine.failure(runner, error)
  if (onError === 'fail') end(runner, error)
}

function end(runner: NodeRunner, error: AnabranchError): void {
  runner.engine.failSession(error)
  runner.fail(error)
}

/** A node took more sets than it may without giving anything. Never a silent stall. */
export function heldLimit(runner: NodeRunner): AnabranchError {
  const { id, maxHeld } = runner.settings
  return new HeldLimitError(`node "${id}" holds more than ${maxHeld} input sets without an output`, {
    limit: maxHeld,
    nodeId: id,
    fix: "say lineage: 'each' if every output is made inside next(x) (map, filter, scan, …), or raise maxHeld",
  })
}

/** A node gave more outputs than one set, or one run, may have. */
export function expansionLimit({ id }: NodeRunner, of: 'of one input set' | 'in one run'): AnabranchError {
  return new LimitExceededError(`node "${id}" gave more than ${LIMITS.expansion} outputs ${of}`, {
    limit: 'expansion',
    nodeId: id,
    fix: 'emit fewer, larger outputs, or make it a source',
  })
}
