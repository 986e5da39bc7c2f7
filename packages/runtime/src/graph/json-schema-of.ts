import type { AnySchema } from '@anabranch/plugin-sdk/host'

export type JsonSchema = { readonly [key: string]: unknown }

/** What a schema can say of itself (Standard JSON Schema); undefined where it cannot. */
export function jsonSchemaOf(
  schema: AnySchema | undefined,
  target: 'draft-2020-12' | 'draft-07' = 'draft-2020-12',
): JsonSchema | undefined {
  const standard = schema?.['~standard'] as
    | { jsonSchema?: { input(options: { target: string }): JsonSchema } }
    | undefined
  try {
    return standard?.jsonSchema?.input({ target })
  } catch {
    return undefined // A schema with parts that JSON Schema cannot say.
  }
}

/** What it says of one key or item of it. */
export function schemaBelow(schema: JsonSchema | undefined, step: string): JsonSchema | undefined {
  const properties = schema?.properties as Record<string, JsonSchema> | undefined
  if (properties !== undefined && Object.hasOwn(properties, step)) return properties[step]
  const rest = Array.isArray(schema?.items) ? undefined : (schema?.items ?? schema?.additionalProperties)
  return typeof rest === 'object' && rest !== null ? (rest as JsonSchema) : undefined
}
