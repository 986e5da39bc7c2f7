// Writes docs/manifest.md from the schema of the manifest. Build first, run after an edit of the schema; a test fails
// when the two differ.
// @ts-check
import { readFileSync, writeFileSync } from 'node:fs'
import { manifestSchema } from '@anabranch/runtime'

/** @typedef {{ [key: string]: any }} Schema */

/** What a value may be, in a few words. @param {Schema} schema @returns {string} */
function kindOf(schema) {
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum) return schema.enum.map((/** @type {string} */ each) => `\`${each}\``).join(', ')
  if (schema.if) return 'map or list'
  if (schema.$ref) return `see ${schema.$ref.split('/').pop()}`
  const { type = 'any', minimum, exclusiveMinimum, maximum } = schema
  const names = [type].flat().map((each) => (each === 'object' ? 'map' : each === 'array' ? 'list' : each))
  const low = exclusiveMinimum !== undefined ? `> ${exclusiveMinimum}` : minimum !== undefined ? `≥ ${minimum}` : ''
  const high = maximum !== undefined && maximum < 2 ** 31 - 1 ? `≤ ${maximum}` : ''
  return [names.join(' or '), [low, high].filter(Boolean).join(', ')].filter(Boolean).join(' ')
}

/** One table of the keys of a map. @param {string} title @param {Schema} schema @param {string} [about] */
function section(title, schema, about = schema.description) {
  const required = new Set(schema.required ?? [])
  const rows = Object.entries(schema.properties).map(
    ([name, each]) =>
      `| \`${name}\`${required.has(name) ? ' (required)' : ''} | ${kindOf(each)} | ${each.description ?? ''} |`,
  )
  return `## ${title}\n\n${about}\n\n| key | value | meaning |\n|---|---|---|\n${rows.join('\n')}\n`
}

/** @returns {string} */
export function generated() {
  const schema = /** @type {Schema} */ (manifestSchema())
  const { nodes, connections, params, inputs, metadata } = schema.properties
  const node = nodes.else.additionalProperties
  const parts = [
    '<!-- Generated from the schema by packages/runtime/scripts/generate-manifest-doc.mjs. Do not edit. -->\n',
    readFileSync(new URL('manifest-introduction.md', import.meta.url), 'utf8'),
    section('The file', schema),
    section('metadata', metadata),
    section('params', params.additionalProperties, params.description),
    section('inputs', inputs.additionalProperties, inputs.description),
    section(
      'A node',
      node.else,
      `${nodes.description} Ids: a letter, then letters, digits, \`_\` or \`-\`, at most 64.`,
    ),
    section('retry', node.else.properties.retry),
    section('breaker', node.else.properties.breaker),
    section('placement', node.else.properties.placement),
    section('An edge in `in`', schema.definitions.edge, schema.definitions.source.description),
    section('connections', connections.items, connections.description),
    section('A part', node.then),
  ]
  return parts.join('\n')
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  writeFileSync(new URL('../../../docs/manifest.md', import.meta.url), generated())
