import type { RecordBody } from '@anabranch/plugin-sdk/host'
import { Env } from '../../edges/env.ts'
import { FATE } from '../../edges/fate.ts'
import type { Root } from '../../edges/root.ts'
import type { NodeSettings } from '../../graph/node-settings.ts'
import type { Engine } from '../engine.ts'
import { HoldSet } from '../hold-set.ts'
import { NodeRunner } from './node-runner.ts'
import { Restarts } from './restarts.ts'
import type { Succession, Successor } from './succession.ts'

/** What the forms that get the whole stream share: sets are held until something is made of them, and its body may be made anew. */
export abstract class WholeStreamRunner extends NodeRunner {
  protected readonly holds: HoldSet
  protected readonly restarts = new Restarts()
  protected lastEnv: Env
  protected lastEpoch = 0
  /** The next output says that something is missing. */
  protected discont = false
  /** Its input was ended for the sake of another body, not because it has ended. */
  #leaving = false

  constructor(engine: Engine, settings: NodeSettings, body: RecordBody) {
    super(engine, settings, body)
    this.holds = new HoldSet(engine)
    this.lastEnv = new Env(settings.id, 0, 0, engine.clock.now())
  }

  /** Ends the input of the body, which then gives its tail. */
  protected abstract endInput(): void
  /** Forgets the body, which is made anew at the next step. */
  protected abstract anew(): void

  /** The first step towards another body; where the node has ended meanwhile, towards its own end. */
  protected giveWay(succession: Succession): void {
    if (this.controls.busy || this.ending) return
    if (this.ins.every((edge) => edge.over)) succession.nodeEnded()
    this.#leaving = this.succession !== null
    this.endInput()
  }

  /** Its body has given everything: the end of the node, or of its body alone. */
  protected givenAll(): void {
    this.settleTaken()
    if (this.succession !== null && this.#leaving) this.succession.handOver()
    else this.stop(this.leftover())
  }

  /** Its body is through with what it took. */
  protected settleTaken(): void {
    this.holds.settleEmitted(this, this.okFate)
    this.holds.settleAll(this, 'filtered', FATE.filtered)
  }

  override stay(): void {
    if (this.#leaving) this.#renew()
  }

  override adopt(successor: Successor): void {
    super.adopt(successor)
    this.#renew()
  }

  #renew(): void {
    this.#leaving = false
    this.ending = false
    this.anew()
  }

  override held(): number {
    return this.holds.size
  }

  override walk(visit: (root: Root | null) => void): void {
    this.holds.walk(visit)
  }
}
