import { type JsonSchema, manifestSchema } from '@anabranch/runtime'
import type { NodeType } from './node-type.ts'

type Mutable = Record<string, unknown>

/**
 * The schema of a pipeline file (draft-07) in which each known node type has its params and input keys. A type that is
 * not known passes: a plugin may have it, and `anabranch validate` knows.
 */
export function editorSchema(types: readonly NodeType[]): JsonSchema {
  const schema = structuredClone(manifestSchema()) as Mutable
  const definitions = schema.definitions as Mutable
  for (const node of types) definitions[`node-${node.type}`] = ofType(node)
  definitions.nodeTypes = {
    anyOf: [
      { oneOf: types.map(({ type, summary }) => ({ const: type, description: summary })) },
      { type: 'string', description: 'A node type of another plugin.' },
    ],
  }
  const nodes = (schema.properties as Mutable).nodes as Mutable
  const list = (nodes.then as Mutable).items as Mutable
  const map = (nodes.else as Mutable).additionalProperties as Mutable
  for (const form of [list, map]) {
    const plain = form.else as Mutable
    const properties = plain.properties as Mutable
    properties.type = { $ref: '#/definitions/nodeTypes' }
    plain.allOf = types.map(({ type }) => ({
      if: { properties: { type: { const: type } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: `#/definitions/node-${type}` },
    }))
  }
  return schema
}

/** What a node of one type says beside what every node does. Values from outside are text until they are filled in. */
function ofType({ summary, params, inputs }: NodeType): JsonSchema {
  return {
    description: summary,
    properties: {
      ...(params !== null && { params: withPlaceholders(params) }),
      in: { properties: Object.fromEntries(inputs.map(({ key, kind }) => [key, { description: kind }])) },
    },
  }
}

/** `${param:x}` and `${env:X}` may stand for a value of any type. */
function withPlaceholders(schema: JsonSchema): JsonSchema {
  const properties = Object.entries((schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>).map(
    ([name, { description, default: value, ...rest }]) => [
      name,
      {
        ...(description !== undefined && { description }),
        ...(value !== undefined && { default: value }),
        anyOf: [rest, { type: 'string', pattern: '\\$\\{(param|env):' }],
      },
    ],
  )
  return { ...schema, ...(properties.length > 0 && { properties: Object.fromEntries(properties) }) }
}
