/** What a node did against a rule. */
export class Broken extends Error {
  readonly at: string | undefined
  /** Whether something came to no end in time. */
  readonly late: boolean

  constructor(message: string, at?: string, late = false) {
    super(message)
    this.at = at
    this.late = late
  }
}
