import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { JsonSchema } from '@anabranch/runtime'
import type { Io } from '../io.ts'
import { readPipelineDraft } from '../pipeline/pipeline-draft.ts'
import { editorSchema } from './editor-schema.ts'
import { type KnownTypes, knownTypes } from './known-types.ts'
import type { NodeType } from './node-type.ts'
import { sourceNames } from './source-names.ts'

/** A schema for an editor, and what went into it. */
export interface PipelineSchema extends KnownTypes {
  readonly schema: JsonSchema
  /** How many inputs and output keys `in:` may name; null without a file. */
  readonly sources: number | null
}

/** The schema of one pipeline as it is now, valid or not; without a file, of any with the node types that come along. */
export async function pipelineSchema(file: string | undefined, io: Io): Promise<PipelineSchema> {
  if (file === undefined) {
    const found = await knownTypes([])
    return { ...found, schema: editorSchema(found.types), sources: null }
  }
  const draft = await readPipelineDraft(file, io)
  const known = await knownTypes(draft.plugins, dirname(file))
  const found = { ...known, types: withAliases(known.types, draft.aliases) }
  const sources = sourceNames(draft, found.types)
  const closed = draft.closed && found.failed.length === 0
  return { ...found, schema: editorSchema(found.types, { sources, closed }), sources: sources.known.length }
}

/** And those that the pipeline calls otherwise, under that name. */
function withAliases(types: readonly NodeType[], aliases: ReadonlyMap<string, string>): NodeType[] {
  const more = [...aliases].flatMap(([name, type]) => {
    const meant = types.find((each) => each.type === type)
    return meant === undefined ? [] : [{ ...meant, type: name }]
  })
  return [...types, ...more]
}

/** Writes it in one go: an editor may read it at any time. */
export function writeSchema(out: string, schema: JsonSchema): void {
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(`${out}.new`, schemaText(schema))
  renameSync(`${out}.new`, out)
}

export const schemaText = (schema: JsonSchema) => `${JSON.stringify(schema, null, 2)}\n`
