/** A Python node as plain data: `python -m anabranch describe` prints a list of these. */
export interface NodeDescription {
  readonly type: string
  readonly summary: string
  /** JSON Schema of an object. */
  readonly params: JsonSchema
  /** The kind of each key. */
  readonly inputs: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
  readonly purity: 'pure' | 'stateful' | 'effectful'
  /** Whether one input set may give several outputs: its `execute` is an async generator. */
  readonly several: boolean
}

/** The part of JSON Schema that the params of Python nodes use. */
export interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly [keyword: string]: unknown
}
