import { bytes } from '../text/bytes.ts'
import { duration } from '../view/time-text.ts'

/** Where something was measured. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly platform: string
  readonly node: string
  /** Processes that wanted to run beside the measurement: the load average of the last minute before it. */
  readonly load: number
}

/** What a node costs in one runtime, as it was measured once. */
export interface CostLabel {
  /** Of the package: another one may cost something else. */
  readonly version: string
  /** What was given to it, in words. */
  readonly frame: string
  /** One call of an execute node, µs, by how many calls; null for other forms, which have no calls. */
  readonly frame_us: { readonly p50: number; readonly p99: number; readonly calls: number } | null
  /** Audio that was copied for one frame: out of frames of the pool, and to and from a process. */
  readonly copied_bytes: number
  /** From its import to the end of its first call, in a process in which the engine is warm. */
  readonly cold_start_ms: number
  /** What the process, and those that it started, had grown by; null where the system does not say. */
  readonly memory_bytes: number | null
  readonly machine: Machine
}

/** A label, and the version that the package has now, where that is another one. */
export interface KnownCost extends CostLabel {
  readonly now?: string
}

/** Labels of a node by runtime. */
export type Costs = Readonly<Record<string, CostLabel>>

/** `12 µs a frame (p99 40 µs), nothing copied, 45 ms to start, 3.1 MiB`. */
export function costText({ frame_us, copied_bytes, cold_start_ms, memory_bytes }: CostLabel): string {
  return [
    ...(frame_us === null ? [] : [`${microseconds(frame_us.p50)} a frame (p99 ${microseconds(frame_us.p99)})`]),
    copied_bytes === 0 ? 'nothing copied' : `${bytes(copied_bytes)} copied`,
    `${duration(cold_start_ms)} to start`,
    ...(memory_bytes === null ? [] : [bytes(memory_bytes)]),
  ].join(', ')
}

/** What was measured where: `20 ms of audio at 48000 Hz; AMD EPYC, 2 cores, Node.js 20.20.2, load 0.3`. */
export function measuredText({ frame, machine }: CostLabel): string {
  return `${frame}; ${machineText(machine)}, load ${machine.load}`
}

export function machineText({ cpu, cores, node }: Machine): string {
  return `${cpu}, ${cores} cores, Node.js ${node}`
}

const microseconds = (us: number) => (us < 1 ? '< 1 µs' : duration(us / 1000))
