import type { ManifestLimits } from './manifest-limits.ts'
import type { PlaceEnd } from './places.ts'
import type { Spot } from './source-text.ts'

/** Where a manifest comes from: it rides along unseen, so that checks of the graph can say where in the file. */
export interface ManifestSource {
  /** The file, or another name of the text. */
  readonly name: string
  locate(path: string, end?: PlaceEnd): Spot
  /** Paths in nodes' params whose text came from the environment and may still become a number or a boolean. */
  readonly fromEnv: ReadonlySet<string>
  readonly limits: ManifestLimits | undefined
}

const SOURCE = Symbol.for('anabranch.source')

export function withSource<M extends object>(manifest: M, source: ManifestSource): M {
  return Object.defineProperty(manifest, SOURCE, { value: source })
}

/** Nothing for a manifest that was written in code. */
export function sourceOf(manifest: unknown): ManifestSource | undefined {
  return typeof manifest === 'object' && manifest !== null
    ? (manifest as { [SOURCE]?: ManifestSource })[SOURCE]
    : undefined
}
