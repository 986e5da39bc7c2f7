import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { pipelineSchema, schemaText, writeSchema } from '../nodes/pipeline-schema.ts'
import { count } from '../text/count.ts'
import { tellFailed } from './nodes.ts'

export interface SchemaOptions {
  readonly out?: string
  readonly json?: boolean
}

/** The JSON Schema for editors of one pipeline, as far as it is written, or of any. */
export async function schemaVerb(file: string | undefined, { out, json }: SchemaOptions, io: Io): Promise<number> {
  const found = await pipelineSchema(file, io)
  tellFailed(found, io)
  if (out === undefined) io.stdout.write(schemaText(found.schema))
  else {
    writeSchema(out, found.schema)
    const about = { out, types: found.types.length, sources: found.sources }
    const sources = found.sources === null ? '' : `, ${count(found.sources, 'source')} for in:`
    io.stdout.write(json ? `${JSON.stringify(about)}\n` : `${out}: ${count(about.types, 'node type')}${sources}\n`)
  }
  return found.failed.length > 0 ? EXIT.failed : EXIT.ok
}
