import type { Format, Lineage, NodeSpec } from '@anabranch/plugin-sdk'

/** A Python node as plain data: `python -m anabranch describe` prints a list of these. What is not said is left out. */
export interface NodeDescription
  extends Pick<
    NodeSpec,
    | 'version'
    | 'time'
    | 'join'
    | 'trigger'
    | 'toleranceMs'
    | 'late'
    | 'purity'
    | 'retrySafe'
    | 'concurrency'
    | 'ordered'
    | 'heavy'
    | 'model'
    | 'maxHeld'
    | 'filters'
  > {
  readonly type: string
  readonly summary: string
  readonly form: 'execute' | 'stream' | 'source'
  /** Which optional methods the node has beside its form. */
  readonly parts: readonly ('flush' | 'reset' | 'on_control')[]
  /** Whether one input set may give several outputs: its `execute` is a generator. */
  readonly several?: boolean
  /** Whether it translates params of older versions. */
  readonly migrates?: boolean
  /** JSON Schema of an object. */
  readonly params: JsonSchema
  readonly inputs: Readonly<Record<string, PortDescription>>
  readonly outputs: Readonly<Record<string, PortDescription>>
  readonly lineage?: Exclude<Lineage, 'derived'>
  /** Modules that the node imports when it is prepared. */
  readonly requires?: readonly string[]
  /** The extra of its package that brings them. */
  readonly extra?: string
}

/** One key of a node. `mode` is left out where it is `required`. */
export interface PortDescription {
  readonly kind: string
  readonly mode?: 'optional' | 'control'
  readonly initial?: unknown
  readonly format?: Format
}

/** The part of JSON Schema that the params of Python nodes use. */
export interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly [keyword: string]: unknown
}
