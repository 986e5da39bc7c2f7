import { isAnabranchError } from '@anabranch/plugin-sdk'
import { loadManifest, type Manifest, parseManifest, type Validation, validate, validateFile } from '@anabranch/runtime'
import type { Io } from '../io.ts'
import { LOADING } from '../nodes/own-plugins.ts'
import { manifestOptions, type PipelineOptions } from './pipeline-options.ts'

/** The manifest of a file, or of stdin for `-`. @throws ManifestError */
export async function readPipeline(file: string, options: PipelineOptions, io: Io): Promise<Manifest> {
  if (file !== '-') return loadManifest(file, manifestOptions(options))
  return parseManifest(await textOf(io.stdin), { ...manifestOptions(options), file: 'stdin' })
}

/** What is wrong with it, and how it will run. */
export async function checkPipeline(file: string, options: PipelineOptions, io: Io): Promise<Validation> {
  if (file !== '-') return validateFile(file, { ...manifestOptions(options), ...LOADING })
  try {
    return await validate(await readPipeline(file, options, io), { ...LOADING })
  } catch (error) {
    if (!isAnabranchError(error) || error.code !== 'ANB_MANIFEST') throw error
    return { ok: false, problems: error.issues, steppedIn: [], plan: null }
  }
}

/** Everything of a stream. */
export async function textOf(stream: Io['stdin']): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
