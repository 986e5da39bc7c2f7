import { isAnabranchError, ManifestError } from '@anabranch/plugin-sdk'
import { createExecutor, Registry } from '@anabranch/runtime'
import { manifestOf } from '../laws/manifest-of.ts'
import { planOf } from '../laws/plan.ts'
import { type GraphSpec, randomFrom } from '../laws/spec.ts'
import { makeWorld } from '../laws/world.ts'
import { frameNode, frameSource } from './frame-node.ts'

/** What one run showed. */
export interface FramesOutcome {
  readonly violations: readonly string[]
  readonly reads: number
  readonly pooled: number
  readonly unpooled: number
  readonly copied: number
}

/**
 * One random graph of audio in virtual time, in a pool of a few frames: whatever a node reads is the number that was
 * written, all of it (memory that is somebody else's by now would hold another, or two); the laws hold after every step;
 * and in the end no frame is leased.
 */
export async function runFrames(spec: GraphSpec, slots: number): Promise<FramesOutcome> {
  const random = randomFrom(spec.seed ^ 0xf4a3e5)
  const world = makeWorld(random)
  const plan = planOf({ ...spec, sent: 0 })
  const violations: string[] = []
  const note = (what: string) => violations.length < 5 && !violations.includes(what) && violations.push(what)
  const written = new Set([3, 4, 5, ...plan.flatMap(({ source = [] }) => source.map(([, x]) => Math.fround(x)))])
  let reads = 0
  const cut = () => {
    try {
      const [one] = plan.slice(Math.floor(random() * plan.length))
      session.interrupt({ ...(random() < 0.6 && one && { from: [one.id] }), queued: random() < 0.3 })
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error
    }
  }
  const watch = {
    strike: () => {
      if (spec.interrupts && random() < 0.01) cut()
      if (spec.faults && random() < 0.02) throw new Error('boom')
    },
    read: (node: { readonly id: string }, { samples }: { readonly samples: Float32Array }) => {
      reads++
      const [x] = samples
      if (!samples.every((sample) => sample === x)) note(`${node.id} read ${samples}`)
      if (!written.has(x as number)) note(`${node.id} read ${x}, which nobody wrote`)
    },
  }
  const registry = new Registry()
  for (const node of plan)
    registry.register(node.id, node.source === undefined ? frameNode(node, world, watch) : frameSource(node, world))
  const executor = await createExecutor(manifestOf(plan), {
    registry,
    clock: world.clock,
    scheduler: world.scheduler,
    log: silent as never,
    random,
    poolBytes: slots * 2048,
    probe: {
      step: () => {
        for (const law of session.audit()) note(law)
        if (spec.interrupts && random() < 0.02) cut()
      },
    },
  })
  const session = await executor.open()
  session.outputs.subscribe({
    next: ({ value }) => watch.read({ id: 'a reader' }, value as { samples: Float32Array }),
    error: () => undefined,
  })
  let over = false
  const end = (error?: unknown) => {
    over = true
    if (error === undefined) return
    if (!isAnabranchError(error)) note(`not a coded error: ${error}`)
    else if (error.code === 'ANB_STALE_FRAME') note(`a frame was used late: ${error.message}`)
    else if (error.code === 'ANB_NODE_EXECUTION' && !/boom|first time/.test(error.message)) note(`${error.message}`)
  }
  session.end().then(() => end(), end)
  for (let round = 0, quiet = 0; !over && quiet < 4; round++) {
    if (round === spec.cancel && round > 0) void session.cancel()
    quiet = (await world.next()) ? 0 : quiet + 1
  }
  const closing = session.close()
  for (let quiet = 0; quiet < 4; ) quiet = (await world.next()) ? 0 : quiet + 1
  await closing
  for (const law of session.audit()) note(`after close: ${law}`)
  const report = executor.frames()
  for (const { by, refs } of report?.leased ?? []) note(`a frame of ${by} has ${refs} left`)
  if ((report?.double_released ?? 0) > 0) note(`${report?.double_released} double releases`)
  if ((report?.stale ?? 0) > 0) note(`${report?.stale} stale uses`)
  const copied = Object.values(executor.metrics().nodes).reduce((sum, node) => sum + node.bytes_copied, 0)
  const { pooled = 0, unpooled = 0 } = report ?? {}
  await executor.close()
  return { violations, reads, pooled, unpooled, copied }
}

const silent = { child: () => silent, debug() {}, info() {}, warn() {}, error() {} }
