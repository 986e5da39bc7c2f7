import type { JsonSchema } from '@anabranch/runtime'

/** One param, in words. */
export interface DescribedParam {
  readonly name: string
  readonly type: string
  /** Absent where it is required, and where there is none. */
  readonly default?: unknown
  readonly required: boolean
  readonly description: string
}

/** The params of a schema, in their order. */
export function describedParams(schema: JsonSchema | null): DescribedParam[] {
  const properties = (schema?.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const required = new Set((schema?.required ?? []) as readonly string[])
  return Object.entries(properties).map(([name, each]) => ({
    name,
    type: typeOf(each),
    ...(each.default !== undefined && each.default !== null && { default: each.default }),
    required: required.has(name) && each.default === undefined,
    description: (each.description as string | undefined) ?? '',
  }))
}

/** A value that stands for a required param in a snippet. */
export function exampleOf(schema: JsonSchema | undefined): unknown {
  const [choice] = (schema?.examples as readonly unknown[] | undefined) ?? choicesOf(schema ?? {})
  if (choice !== undefined) return choice
  const [alternative] =
    (schema?.type === undefined ? (schema?.anyOf as readonly JsonSchema[] | undefined) : undefined) ?? []
  if (alternative !== undefined) return exampleOf(alternative)
  const types = [schema?.type ?? 'string'].flat()
  if (types.includes('string')) return '…'
  if (types.includes('number') || types.includes('integer')) return (schema?.minimum as number | undefined) ?? 1
  if (types.includes('array'))
    return Array.from({ length: (schema?.minItems as number | undefined) ?? 0 }, () =>
      exampleOf(schema?.items as JsonSchema | undefined),
    )
  if (types.includes('boolean')) return true
  const properties = (schema?.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const required = (schema?.required ?? []) as readonly string[]
  return Object.fromEntries(required.map((key) => [key, exampleOf(properties[key])]))
}

function typeOf(schema: JsonSchema): string {
  const choices = choicesOf(schema)
  if (choices.length > 0) return choices.map((each) => JSON.stringify(each)).join(' | ')
  const any = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined
  if (any !== undefined)
    return any
      .map(typeOf)
      .filter((type) => type !== '')
      .join(' | ')
  const types = [schema.type ?? 'any'].flat().filter((type) => type !== 'null')
  return [types.join(' | '), range(schema)].filter((part) => part !== '').join(' ')
}

/** The words of a choice, said as `enum` or as `oneOf` with a meaning each. */
function choicesOf({ enum: values, oneOf, const: only }: JsonSchema): readonly unknown[] {
  if (only !== undefined) return [only]
  const said = (oneOf as readonly JsonSchema[] | undefined)?.map((one) => one.const)
  return (values as readonly unknown[] | undefined) ?? (said?.includes(undefined) === false ? said : [])
}

/** Bounds that somebody set; those of the type itself are left out. */
function range({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  const shown = (n: unknown) => typeof n === 'number' && Math.abs(n) < Number.MAX_SAFE_INTEGER
  const low = shown(minimum) ? `≥ ${minimum}` : shown(exclusiveMinimum) ? `> ${exclusiveMinimum}` : ''
  return [low, shown(maximum) ? `≤ ${maximum}` : ''].filter((part) => part !== '').join(', ')
}
