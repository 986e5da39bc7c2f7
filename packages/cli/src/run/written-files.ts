import { statSync } from 'node:fs'
import type { Plan } from '@anabranch/runtime'
import type { OutputCount } from './deliver.ts'

export interface WrittenFile {
  readonly path: string
  readonly bytes: number
}

/** The files that a run has written: those of `-o`, and those that its sinks name as their `path`. */
export function writtenFiles(plan: Plan, outputs: Readonly<Record<string, OutputCount>>): WrittenFile[] {
  const sinks = plan.nodes.filter((node) => Object.keys(node.outputs).length === 0 && !node.final)
  const named = sinks.flatMap(({ params }) => {
    const { path } = (params ?? {}) as { path?: unknown }
    return typeof path === 'string' ? [path] : []
  })
  const given = Object.values(outputs).flatMap(({ to }) => (to === undefined || to === '-' ? [] : [to]))
  return [...new Set([...named, ...given])].flatMap((path) => {
    const bytes = sizeOf(path)
    return bytes === null ? [] : [{ path, bytes }]
  })
}

/** Null where there is no file: a part of its path may be one, or closed to us. */
function sizeOf(path: string): number | null {
  try {
    const found = statSync(path)
    return found.isFile() ? found.size : null
  } catch {
    return null
  }
}
