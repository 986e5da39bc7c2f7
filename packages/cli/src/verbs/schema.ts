import { dirname } from 'node:path'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { editorSchema } from '../nodes/editor-schema.ts'
import { knownTypes } from '../nodes/known-types.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { tellFailed } from './nodes.ts'

/** The JSON Schema of pipelines for editors, with the node types of a pipeline's plugins, or of those that come along. */
export async function schemaVerb(file: string | undefined, _options: object, io: Io): Promise<number> {
  const plugins = file === undefined ? [] : ((await readPipeline(file, {}, io)).plugins ?? [])
  const found = await knownTypes(plugins, file === undefined ? '.' : dirname(file))
  tellFailed(found, io)
  io.stdout.write(`${JSON.stringify(editorSchema(found.types), null, 2)}\n`)
  return found.failed.length > 0 ? EXIT.failed : EXIT.ok
}
