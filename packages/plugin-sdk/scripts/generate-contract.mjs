// Writes src/contract/*.ts from contract/*.json, so that the contract is data that three languages read and
// TypeScript still has literal types. Run after an edit of contract/; a test fails when the two differ.
// @ts-check
import { readFileSync, writeFileSync } from 'node:fs'

/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(new URL(`../contract/${name}.json`, import.meta.url), 'utf8'))
/** @param {unknown} value */
const literal = (value) =>
  typeof value === 'string'
    ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    : Array.isArray(value)
      ? `[${value.map(literal).join(', ')}]`
      : String(value)

const errors = Object.entries(read('errors')).map(
  ([code, row]) =>
    `  ${code}: {\n    class: ${literal(row.class)},\n    retryable: ${row.retryable},\n    fields: ${literal(row.fields)},\n    meaning: ${literal(row.meaning)},\n  },`,
)
/** @param {string} source */
const constants = (source) => Object.entries(read(source)).map(([name, value]) => `  ${name}: ${literal(value)},`)

/** @param {string} source @param {string} name @param {string} doc @param {string[]} rows */
const file = (source, name, doc, rows) =>
  `// Generated from contract/${source}.json by scripts/generate-contract.mjs. Do not edit.\n\n/** ${doc} */\nexport const ${name} = {\n${rows.join('\n')}\n} as const\n`

/** @type {Record<string, string>} */
export const generated = {
  'error-table.ts': file(
    'errors',
    'ERROR_TABLE',
    'Every coded error: its class, whether a retry may help, its extra fields.',
    errors,
  ),
  'limits.ts': file(
    'limits',
    'LIMITS',
    'The limits as shipped; each can be overridden by configuration, none by a peer.',
    constants('limits'),
  ),
  'frames.ts': file(
    'frames',
    'FRAMES',
    'The layout of the frame pool in shared memory, equal in TypeScript and Rust.',
    constants('frames'),
  ),
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  for (const [name, text] of Object.entries(generated))
    writeFileSync(new URL(`../src/contract/${name}`, import.meta.url), text)
