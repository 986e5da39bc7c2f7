import { type JsonSchema, manifestSchema } from '@anabranch/runtime'
import type { NodeType } from './node-type.ts'
import { describedParams } from './params-table.ts'
import type { SourceNames } from './source-names.ts'

type Mutable = Record<string, unknown>

/** What the schema of one pipeline knows beside its node types. */
export interface EditedFile {
  readonly sources: SourceNames
  /** There are no other types than those known. */
  readonly closed: boolean
}

/** A value from outside is text until it is filled in. */
const PLACEHOLDER = '\\$\\{(param|env):'

/**
 * The schema of a pipeline file (draft-07) in which each known node type has its params and input keys; of one pipeline,
 * `in:` takes only what it has. A type that is not known passes where a plugin may have it: `anabranch validate` knows.
 */
export function editorSchema(types: readonly NodeType[], file?: EditedFile): JsonSchema {
  const schema = structuredClone(manifestSchema()) as Mutable
  const definitions = schema.definitions as Mutable
  for (const node of types) definitions[`node-${node.type}`] = ofType(node)
  definitions.nodeType = nodeType(types, file?.closed ?? false)
  if (file !== undefined) {
    const names = sourceNames(file.sources)
    definitions.source = sourceForms(definitions.source as JsonSchema, names)
    choose(definitions.edge as JsonSchema, 'from', names)
    const { items } = (schema.properties as Mutable).connections as { items: JsonSchema }
    const nodes = { enum: file.sources.nodes }
    choose(items, 'from', [...names, nodes])
    choose(items, 'to', [nodes, { type: 'string', pattern: nodeKey(file.sources.nodes) }])
  }
  const nodes = (schema.properties as Mutable).nodes as Mutable
  const list = (nodes.then as Mutable).items as Mutable
  const map = (nodes.else as Mutable).additionalProperties as Mutable
  for (const form of [list, map]) {
    const plain = form.else as Mutable
    const properties = plain.properties as Mutable
    properties.type = { $ref: '#/definitions/nodeType' }
    plain.allOf = types.map(({ type }) => ({
      if: { properties: { type: { const: type } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: `#/definitions/node-${type}` },
    }))
  }
  return schema
}

/** One of several in the place of any text. */
function choose({ properties }: JsonSchema, key: string, anyOf: readonly JsonSchema[]): void {
  const fields = properties as Record<string, JsonSchema>
  fields[key] = { description: fields[key]?.description, anyOf }
}

/** `node.key` of one of these nodes; of none where there are none. */
const nodeKey = (nodes: readonly string[]) => `^(${nodes.join('|')})\\..`

function nodeType(types: readonly NodeType[], closed: boolean): JsonSchema {
  const description = 'The node type, as a plugin names it.'
  const known = { enum: types.map(({ type }) => type), enumDescriptions: types.map(({ summary }) => summary) }
  if (closed) return { description, ...known }
  return { description, anyOf: [known, { type: 'string', description: 'A node type of another plugin.' }] }
}

/** What a source may be. One choice of forms, where the manifest asks step by step: that, editors cannot complete from. */
function sourceForms({ description }: JsonSchema, names: readonly JsonSchema[]): JsonSchema {
  const forms = [...names, { $ref: '#/definitions/edge' }]
  return { description, anyOf: [...forms, { type: 'array', minItems: 1, items: { anyOf: forms } }] }
}

/** `enumDescriptions` is no word of JSON Schema, but one that editors know. */
function sourceNames({ known, open }: SourceNames): JsonSchema[] {
  const others = open.length === 0 ? PLACEHOLDER : `${PLACEHOLDER}|${nodeKey(open)}`
  return [
    { enum: known.map(({ name }) => name), enumDescriptions: known.map(({ about }) => about) },
    { type: 'string', pattern: others },
  ]
}

/** What a node of one type says beside what every node does. */
function ofType({ summary, params, inputs }: NodeType): JsonSchema {
  const keys = inputs.map(({ key, kind }) => [key, { description: kind, $ref: '#/definitions/source' }])
  return {
    description: summary,
    properties: {
      ...(params !== null && { params: withPlaceholders(params) }),
      in: { properties: Object.fromEntries(keys), ...(keys.length > 0 && { additionalProperties: false }) },
    },
  }
}

/** `${param:x}` and `${env:X}` may stand for a value of any type. */
function withPlaceholders(schema: JsonSchema): JsonSchema {
  const given = Object.entries((schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>)
  if (given.length === 0) return schema
  const described = new Map(describedParams(schema).map((param) => [param.name, param]))
  const properties = given.map(([name, { description, default: value, ...rest }]) => {
    const { type = '', required = false } = described.get(name) ?? {}
    const head = required
      ? 'required'
      : value === undefined || value === null
        ? 'optional'
        : `default ${JSON.stringify(value)}`
    return [
      name,
      {
        description: [description, `${type}, ${head}`].filter((part) => part !== undefined).join('\n\n'),
        ...(value !== undefined && { default: value }),
        anyOf: [rest, { type: 'string', pattern: PLACEHOLDER }],
      },
    ]
  })
  return { ...schema, properties: Object.fromEntries(properties) }
}
