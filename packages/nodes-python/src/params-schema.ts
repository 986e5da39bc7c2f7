import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { JsonSchema } from './node-description.ts'

/**
 * The JSON Schema of a Python node's params as a Standard Schema: what is missing, of another type or out of range is
 * found before any process starts. Python checks them again, with every rule of its own.
 */
export function paramsSchema(schema: JsonSchema): Schema<unknown, Record<string, unknown>> {
  const describe = () => schema
  const standard = {
    version: 1 as const,
    vendor: 'anabranch',
    validate: (value: unknown) => validate(schema, value as Record<string, unknown>),
    jsonSchema: { input: describe, output: describe },
  }
  return { '~standard': standard }
}

function validate(schema: JsonSchema, given: Record<string, unknown>): Schema.Result<Record<string, unknown>> {
  const issues: Schema.Issue[] = []
  const value: Record<string, unknown> = schema.additionalProperties === true ? { ...given } : {}
  for (const [name, rule] of Object.entries(schema.properties ?? {})) {
    const found = given[name] ?? rule.default
    if (found !== undefined) {
      value[name] = found
      const wrong = given[name] === undefined ? undefined : problem(rule, found)
      if (wrong !== undefined) issues.push({ path: [name], message: wrong })
    } else if (schema.required?.includes(name)) issues.push({ path: [name], message: 'is missing' })
  }
  return issues.length > 0 ? { issues } : { value }
}

function problem(rule: JsonSchema, value: unknown): string | undefined {
  if (rule.type !== undefined && !isOfType(rule.type, value)) return `expected ${rule.type}, got ${nameOf(value)}`
  const { anyOf } = rule
  if (anyOf?.every((each) => problem(each, value) !== undefined))
    return `expected ${anyOf.map(nameOfRule).join(' or ')}, got ${nameOf(value)}`
  if (rule.enum !== undefined && !rule.enum.includes(value)) return `expected one of ${rule.enum.join(', ')}`
  if (typeof value !== 'number') return undefined
  if (rule.minimum !== undefined && !(value >= rule.minimum)) return `expected at least ${rule.minimum}, got ${value}`
  if (rule.maximum !== undefined && !(value <= rule.maximum)) return `expected at most ${rule.maximum}, got ${value}`
  const { exclusiveMinimum: above, exclusiveMaximum: below } = rule
  if (above !== undefined && !(value > above)) return `expected more than ${above}, got ${value}`
  if (below !== undefined && !(value < below)) return `expected less than ${below}, got ${value}`
  return undefined
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    default:
      return nameOf(value) === type
  }
}

const nameOfRule = (rule: JsonSchema) => rule.type ?? rule.enum?.join(' or ') ?? 'something else'
const nameOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
