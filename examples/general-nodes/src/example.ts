import { fileURLToPath } from 'node:url'
import type { Pipeline } from '@anabranch/runtime'

/** A pipeline, and what it needs while it runs. */
export interface Example {
  readonly pipeline: Pipeline
  close?(): Promise<void>
}

/** The path of a file in the data folder. */
export function dataFile(name: string): string {
  return fileURLToPath(new URL(`../data/${name}`, import.meta.url))
}
