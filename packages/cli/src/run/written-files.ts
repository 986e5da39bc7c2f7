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
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.isFile() === true ? [{ path, bytes: found.size }] : []
  })
}
