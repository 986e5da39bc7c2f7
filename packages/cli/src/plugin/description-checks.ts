import { isDeepStrictEqual } from 'node:util'
import { staleCosts, withoutCosts } from './described-costs.ts'
import { check, type PackageCheck } from './package-check.ts'
import type { PluginDescription } from './plugin-description.ts'
import type { PluginPackage } from './plugin-package.ts'

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
