import { LIMITS } from '@anabranch/plugin-sdk/host'

/** A JSON Schema, or a part of one. */
export type Schema = { readonly [key: string]: unknown }

// The words that the manifest's schema is written in.

export const text = (description: string): Schema => ({ type: 'string', description })
export const flag = (description: string): Schema => ({ type: 'boolean', description })
export const oneOf = (values: readonly string[], description: string): Schema => ({ enum: values, description })
export const number = (minimum: number, maximum: number, description: string): Schema => ({
  type: 'number',
  minimum,
  maximum,
  description,
})
export const whole = (minimum: number, maximum: number, description: string): Schema => ({
  ...number(minimum, maximum, description),
  type: 'integer',
})
export const record = (
  properties: Record<string, Schema>,
  required: readonly string[],
  description: string,
): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  description,
})
export const mapOf = (values: Schema, description: string): Schema => ({
  type: 'object',
  propertyNames: { pattern: LIMITS.id_pattern },
  additionalProperties: values,
  description,
})
