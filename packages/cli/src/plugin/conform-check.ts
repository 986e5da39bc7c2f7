import { type ConformOptions, conformPlan, type Planned } from '../conform/conform-plan.ts'
import { lookAtAll } from '../conform/look-at-all.ts'
import type { PackageCheck } from './package-check.ts'
import type { PluginPackage } from './plugin-package.ts'

/** A check, and at how many nodes it looked, each in each of its places. */
export interface ConformCheck extends PackageCheck {
  readonly looks: number
}

/** Holds every node of a package to the rules of the contract. One that cannot be looked at is not fit to be published unseen. */
export async function conformCheck(
  { entries, from }: PluginPackage,
  cases: NonNullable<ConformOptions['cases']>,
): Promise<ConformCheck> {
  const plans: Planned[] = []
  for (const entry of entries) plans.push(...(await conformPlan(entry, { cases }, from)))
  const orders = plans.flatMap((each) => ('order' in each ? [each.order] : []))
  const broken: string[] = []
  const unseen = plans.flatMap((each) =>
    'lack' in each ? [`${each.node.type} (${each.node.runtime}) cannot run here: ${each.lack}`] : [],
  )
  let looks = 0
  for (const [at, found] of lookAtAll(orders).entries()) {
    const { type, runtime, where } = orders[at] as (typeof orders)[number]
    try {
      const rules = await found
      if (rules.length > 0) looks++
      for (const { rule, state } of rules) if (state === 'broken') broken.push(`${type} (${runtime}, ${where}) ${rule}`)
    } catch (error) {
      unseen.push(`${type} (${runtime}, ${where}) was not looked at: ${(error as Error).message}`)
    }
  }
  if (broken.length === 0 && unseen.length === 0) return { name: 'conform', looks }
  const problems = [...(broken.length > 0 ? [`rules are broken: ${broken.join(', ')}`] : []), ...unseen]
  const fixes = [
    ...(broken.length > 0 ? ['anabranch conform says what was seen'] : []),
    ...(unseen.length > 0 ? ['say params and feed in conform.json, or by --cases'] : []),
  ]
  return { name: 'conform', looks, problem: problems.join('; '), fix: fixes.join('; ') }
}
