import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { extrasOfSdk, type PythonProject } from '@anabranch/nodes-python/project'
import { descriptionChecks } from './description-checks.ts'
import { check, foundAndLicensed, type PackageCheck } from './package-check.ts'
import type { PluginDescription } from './plugin-description.ts'
import type { PluginPackage } from './plugin-package.ts'

/** PyPI has no scopes. What it takes `_` and `.` for is `-`. */
const NAME = /^anabranch-plugin-[a-z0-9][a-z0-9-]*$/
const TESTS = /^(tests?|test_.*\.py|.*_test\.py|conftest\.py)$/

interface PyPiPackage {
  readonly folder: string
  /** The folder that is imported, and goes into the wheel. */
  readonly inside: string
  readonly project: PythonProject
  readonly about: Pick<PluginPackage, 'said' | 'place' | 'version'>
}

/** Everything about a package of PyPI that needs no run of its nodes. */
export function pythonChecks(
  { folder, inside, project, about }: PyPiPackage,
  description: PluginDescription,
): PackageCheck[] {
  const { package: pkg = {}, dependencies, requires_python } = project
  const name = pkg.name?.toLowerCase().replace(/[-_.]+/g, '-')
  const tests = (readdirSync(inside, { recursive: true }) as string[]).find((file) =>
    file.split(/[\\/]/).some((part) => TESTS.test(part)),
  )
  return [
    check('name', NAME.test(name ?? ''), `it is called ${pkg.name}`, 'call it anabranch-plugin-x'),
    ...foundAndLicensed(pkg, readdirSync(folder)),
    check(
      'python',
      requires_python !== null,
      'it does not say which Python it needs',
      'say requires-python = ">=3.11"',
    ),
    check(
      'sdk',
      dependencies.some((each) => extrasOfSdk(each) !== null),
      'it does not depend on anabranch',
      'add "anabranch" to dependencies: the host brings its own',
    ),
    check('tests', tests === undefined, `tests are packed: ${tests}`, 'put them beside the package'),
    check('types', existsSync(join(inside, 'py.typed')), 'it has no py.typed', 'add an empty file of that name'),
    ...descriptionChecks(about, description),
  ]
}
