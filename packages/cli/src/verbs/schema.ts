import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { catalogue, catalogueOf } from '../nodes/catalogue.ts'
import { editorSchema } from '../nodes/editor-schema.ts'
import { nodeTypes } from '../nodes/node-type.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { tellFailed } from './nodes.ts'

/** The JSON Schema of pipelines for editors, with the node types of a pipeline's plugins, or of those that come along. */
export async function schemaVerb(file: string | undefined, _options: object, io: Io): Promise<number> {
  const found =
    file === undefined ? await catalogue([]) : await catalogueOf(file, (await readPipeline(file, {}, io)).plugins)
  tellFailed(found, io)
  io.stdout.write(`${JSON.stringify(editorSchema(nodeTypes(found.nodes)), null, 2)}\n`)
  return found.failed.length > 0 ? EXIT.failed : EXIT.ok
}
