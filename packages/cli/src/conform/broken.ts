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

/** A node did not take the params of the look when it was prepared: they say nothing of it. */
export class ParamsRefused extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}
