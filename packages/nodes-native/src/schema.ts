/** One problem that a schema found. */
export interface SchemaIssue {
  readonly message: string
  readonly path: readonly string[]
}

/** A Standard Schema, version 1, that validates synchronously: the shape that every library of that standard shares. */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    validate(value: unknown): { readonly value: Output } | { readonly issues: readonly SchemaIssue[] }
    /** Only for the compiler. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}
