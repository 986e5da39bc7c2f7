/** What a node did against a rule. */
export class Broken extends Error {
  readonly at: string | undefined

  constructor(message: string, at?: string) {
    super(message)
    this.at = at
  }
}
