import type { Format } from '../format.ts'

/** One problem of a manifest or of params. `path` is dotted from the root of what was checked. */
export interface Issue {
  readonly path: string
  readonly message: string
  readonly expected?: string
  readonly received?: string
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly suggestion?: string
  readonly fix?: string
}

/** The extra fields of each code: the typed side of contract/errors.json (a test holds the two together). */
export interface ErrorFields {
  ANB_MANIFEST: { readonly issues: readonly Issue[] }
  /** The ids along the cycle; the first is repeated at the end. */
  ANB_CYCLE: { readonly nodes: readonly string[] }
  ANB_NODE_NOT_FOUND: { readonly nearest: readonly string[] }
  ANB_PLUGIN: unknown
  ANB_PARAMS: { readonly issues: readonly Issue[] }
  ANB_INPUTS: { readonly key: string }
  ANB_AUDIO_FORMAT: { readonly expected: Format; readonly received: Format }
  ANB_MARSHALING: { readonly key: string }
  ANB_NODE_EXECUTION: unknown
  /** The traceback as Python prints it. */
  ANB_PYTHON: { readonly traceback: string }
  /** `file:line` of the panic. */
  ANB_NATIVE: { readonly location: string }
  ANB_TIMEOUT: { readonly afterMs: number }
  ANB_CIRCUIT_OPEN: unknown
  ANB_WORKER_LOST: unknown
  /** `from.key -> to.key`. */
  ANB_EDGE_OVERFLOW: { readonly edge: string }
  ANB_STALE_FRAME: unknown
  /** The edges on which items wait, as `from.key -> to.key`. */
  ANB_STALL: { readonly edges: readonly string[] }
  ANB_HELD_LIMIT: { readonly limit: number }
  /** The name of the limit in contract/limits.json. */
  ANB_LIMIT: { readonly limit: string }
  ANB_CANCELLED: unknown
  ANB_NOT_AVAILABLE: unknown
}
