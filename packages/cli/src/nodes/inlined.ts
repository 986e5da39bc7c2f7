import type { JsonSchema } from '@anabranch/runtime'

const REF = /^#\/(?:\$defs|definitions)\/(.+)$/

/** A schema with its own definitions put where they are used, so that it can be a part of another. One that holds itself takes anything there. */
export function inlined({ $schema: _, $defs, definitions, ...schema }: JsonSchema): JsonSchema {
  const known = { ...(definitions as object), ...($defs as object) } as Readonly<Record<string, JsonSchema>>
  const put = (value: unknown, inside: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((each) => put(each, inside))
    if (typeof value !== 'object' || value === null) return value
    const { $ref, ...rest } = value as JsonSchema
    const fields = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, put(each, inside)]))
    const [, name] = typeof $ref === 'string' ? (REF.exec($ref) ?? []) : []
    if (name === undefined) return $ref === undefined ? fields : {}
    if (inside.includes(name)) return {}
    return { ...(put(known[name] ?? {}, [...inside, name]) as object), ...fields }
  }
  return put(schema, []) as JsonSchema
}
