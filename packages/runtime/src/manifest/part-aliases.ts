import { isDeepStrictEqual } from 'node:util'
import type { IssueList } from './issue-list.ts'
import type { TypeOfPlugin } from './manifest.ts'
import type { Spot } from './source-text.ts'

type Aliases = Readonly<Record<string, TypeOfPlugin>>

/** The names of a pipeline with those of a part, which may not mean another type. */
export function withPartAliases(own: Aliases, part: Aliases, use: string, issues: IssueList, spot: Spot): Aliases {
  for (const [name, meant] of Object.entries(part))
    if (Object.hasOwn(own, name) && !isDeepStrictEqual(own[name], meant))
      issues.add(
        {
          path: `alias.${name}`,
          message: `"${name}" is another node type in ${use}: ${meant.type} of ${meant.plugin}`,
          fix: 'give one of them another name',
        },
        spot,
      )
  return { ...part, ...own }
}
