import { isDeepStrictEqual } from 'node:util'
import type { PluginDescription } from './describe-plugin.ts'
import { staleCosts, withoutCosts } from './described-costs.ts'
import type { PluginPackage } from './plugin-package.ts'

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

/** What is the same for packages of all languages: that they say of their nodes what their code does. */
export function descriptionChecks(
  { said, place, version }: Pick<PluginPackage, 'said' | 'place' | 'version'>,
  description: PluginDescription,
): PackageCheck[] {
  const unsaid = description.nodes.filter(({ params }) => params === null).map(({ type }) => type)
  const stale = staleCosts(said, version)
  return [
    check(
      'params',
      unsaid.length === 0,
      `the params of ${unsaid.join(', ')} cannot be said as JSON Schema`,
      'use a schema without transforms',
    ),
    check(
      'description',
      isDeepStrictEqual(withoutCosts(said), plain(description)),
      `${place} does not describe what the code has`,
      'anabranch plugin build',
    ),
    check(
      'cost',
      stale.length === 0,
      `the cost labels of ${stale.join(', ')}; this is ${version}`,
      'anabranch plugin build --measure',
    ),
  ]
}

/** As it is after it was written and read. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
