/** How a pipeline file is filled in, as the command line says it. */
export interface PipelineOptions {
  /** Values of its params by name, as text. */
  readonly set?: Readonly<Record<string, string>>
  readonly profile?: string
}

/** Without the keys that were not given: the runtime refuses an option that is there and undefined. */
export function manifestOptions({ set, profile }: PipelineOptions) {
  return { ...(set !== undefined && { set }), ...(profile !== undefined && { profile }) }
}
