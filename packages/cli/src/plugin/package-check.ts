/** One thing that a package must be before it is published. */
export interface PackageCheck {
  readonly name: string
  /** What is wrong, and what to do; undefined where nothing is. */
  readonly problem?: string
  readonly fix?: string
}

export function check(name: string, ok: boolean | undefined, problem: string, fix: string): PackageCheck {
  return ok === true ? { name } : { name, problem, fix }
}
