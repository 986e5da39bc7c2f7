/** What the kind does not say. Checked across every edge before a run, by one piece of code for YAML and TypeScript. */
export interface Format {
  /** Hz; a list where several fit. */
  readonly sampleRate?: number | readonly number[]
  readonly channels?: number
  readonly dtype?: string
  readonly shape?: readonly number[]
}
