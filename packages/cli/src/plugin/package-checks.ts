import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { PluginDescription } from './describe-plugin.ts'
import { staleCosts, withoutCosts } from './described-costs.ts'
import { entryOf, type PackageJson } from './package-json.ts'

/** One thing that a package must be before it is published. */
export interface PackageCheck {
  readonly name: string
  /** What is wrong, and what to do; undefined where nothing is. */
  readonly problem?: string
  readonly fix?: string
}

const SDK = '@anabranch/plugin-sdk'
const NAME = /^(@[^/]+\/)?anabranch-plugin-[a-z0-9][a-z0-9-]*$/
const SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare']

/** Everything about a package that needs no run of its nodes. `files` are those that would be packed. */
export function packageChecks(
  folder: string,
  pkg: PackageJson,
  description: PluginDescription,
  files: readonly string[],
): PackageCheck[] {
  const entry = entryOf(pkg)?.replace(/^\.\//, '')
  const scripts = SCRIPTS.filter((script) => pkg.scripts?.[script] !== undefined)
  const unsaid = description.nodes.filter(({ params }) => params === null).map(({ type }) => type)
  const stale = staleCosts(pkg)
  const packed = (test: RegExp) => files.filter((file) => test.test(file))
  return [
    check(
      'name',
      NAME.test(pkg.name ?? ''),
      `it is called ${pkg.name}`,
      'call it anabranch-plugin-x or @scope/anabranch-plugin-x',
    ),
    check(
      'keyword',
      pkg.keywords?.includes('anabranch-plugin'),
      'nobody finds it',
      'add "anabranch-plugin" to keywords',
    ),
    check(
      'licence',
      pkg.license !== undefined && existsSync(join(folder, 'LICENSE')),
      'license or the file LICENSE is missing',
      'say which, and add its text',
    ),
    check(
      'engines',
      pkg.engines?.node !== undefined,
      'it does not say which Node.js it needs',
      'say "engines": { "node": ">=20.19" }',
    ),
    check('module', pkg.type === 'module', 'its type is not "module"', 'say "type": "module"'),
    check(
      'sdk',
      pkg.peerDependencies?.[SDK] !== undefined && pkg.dependencies?.[SDK] === undefined,
      `${SDK} is no peer dependency`,
      'move it to peerDependencies: hosts bring it',
    ),
    check(
      'scripts',
      scripts.length === 0,
      `it has install scripts: ${scripts.join(', ')}`,
      'ship what they would make',
    ),
    check(
      'entry',
      entry !== undefined && files.includes(entry),
      `${entry} is not among the files that are packed`,
      'name it in files, and build before',
    ),
    check(
      'tests',
      packed(/(^|\/)(test|tests)\//).length === 0,
      `tests are packed: ${packed(/(^|\/)(test|tests)\//)[0]}`,
      'leave them out of files',
    ),
    check(
      'params',
      unsaid.length === 0,
      `the params of ${unsaid.join(', ')} cannot be said as JSON Schema`,
      'use a schema without transforms',
    ),
    check(
      'description',
      isDeepStrictEqual(withoutCosts(pkg.anabranch), plain(description)),
      'the field "anabranch" is not what the code says',
      'anabranch plugin build',
    ),
    check(
      'cost',
      stale.length === 0,
      `the cost labels of ${stale.join(', ')}; this is ${pkg.version}`,
      'anabranch plugin build --measure',
    ),
  ]
}

function check(name: string, ok: boolean | undefined, problem: string, fix: string): PackageCheck {
  return ok === true ? { name } : { name, problem, fix }
}

/** As it is after it was written and read. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
