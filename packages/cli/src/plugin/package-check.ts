const LICENCE = /^(licen[sc]e|copying)(\.(md|txt))?$/i

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

/** That a package can be found, and used: `files` are those beside its manifest. */
export function foundAndLicensed(
  { keywords, license }: { readonly keywords?: readonly string[]; readonly license?: unknown },
  files: readonly string[],
): PackageCheck[] {
  return [
    check('keyword', keywords?.includes('anabranch-plugin'), 'nobody finds it', 'add "anabranch-plugin" to keywords'),
    check(
      'licence',
      license !== undefined && files.some((file) => LICENCE.test(file)),
      'license or the file LICENSE is missing',
      'say which, and add its text',
    ),
  ]
}
