import type { Schema, SchemaIssue } from './schema.ts'

/** The part of a JSON Schema that is checked here. Rust checks the params again, and what is nested in them. */
interface Property {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  /** Of a choice of words, each with its meaning. */
  readonly oneOf?: readonly { readonly const?: unknown }[]
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
}

type ParamsSchema = Schema<unknown, Record<string, unknown>> & {
  readonly '~standard': { readonly jsonSchema: Record<'input' | 'output', () => Readonly<Record<string, unknown>>> }
}

/**
 * A Standard Schema of the params that a native node describes: defaults filled in, type and range of every param.
 * Unknown keys are refused by whoever parses, from the JSON Schema that it gives.
 */
export function paramsSchema(described: Readonly<Record<string, unknown>>): ParamsSchema {
  const properties = Object.entries((described.properties ?? {}) as Record<string, Property>)
  const required = new Set((described.required ?? []) as string[])
  return {
    '~standard': {
      version: 1,
      vendor: 'anabranch',
      jsonSchema: { input: () => described, output: () => described },
      validate(params) {
        const value: Record<string, unknown> = { ...(params as object) }
        const issues: SchemaIssue[] = []
        for (const [key, property] of properties) {
          if (value[key] === undefined) {
            if (property.default !== undefined) value[key] = property.default
            else if (required.has(key))
              issues.push({ path: [key], message: `is missing; expected ${expected(property)}` })
          } else if (!matches(property, value[key])) {
            issues.push({ path: [key], message: `expected ${expected(property)}, got ${received(value[key])}` })
          }
        }
        return issues.length > 0 ? { issues } : { value }
      },
    },
  }
}

/** The words that a param may be, where it is a choice. */
function choicesOf({ enum: values, oneOf }: Property): readonly unknown[] | undefined {
  const said = oneOf?.map((one) => one.const)
  return values ?? (said?.includes(undefined) ? undefined : said)
}

function matches(property: Property, value: unknown): boolean {
  const types = property.type === undefined ? [] : [property.type].flat()
  if (types.length > 0 && !types.some((type) => isOfType(type, value))) return false
  const choices = choicesOf(property)
  if (choices !== undefined && !choices.includes(value)) return false
  if (typeof value !== 'number') return true
  return (
    value >= (property.minimum ?? Number.NEGATIVE_INFINITY) && value <= (property.maximum ?? Number.POSITIVE_INFINITY)
  )
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'number') return Number.isFinite(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'null') return value === null
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function expected(property: Property): string {
  const { type, minimum, maximum } = property
  const values = choicesOf(property)
  if (values !== undefined) return `one of ${values.map((each) => JSON.stringify(each)).join(', ')}`
  const range = [minimum === undefined ? '' : ` from ${minimum}`, maximum === undefined ? '' : ` to ${maximum}`]
  return `${[type ?? 'a value'].flat().join(' or ')}${range.join('')}`
}

function received(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
