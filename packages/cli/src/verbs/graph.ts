import { drawGraph, drawingOf, validate } from '@anabranch/runtime'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { LOADING } from '../nodes/own-plugins.ts'
import type { PipelineOptions } from '../pipeline/pipeline-options.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { count } from '../text/count.ts'

export const FORMATS = ['text', 'mermaid', 'dot', 'svg'] as const
export type GraphFormat = (typeof FORMATS)[number]

/** Draws a pipeline; also one that cannot run, as far as its edges lead somewhere. */
export async function graphVerb(
  file: string,
  { json, format, ...options }: PipelineOptions & { readonly json?: boolean; readonly format: GraphFormat },
  io: Io,
): Promise<number> {
  const manifest = await readPipeline(file, options, io)
  const { plan, problems } = await validate(manifest, { ...LOADING })
  const of = plan ?? manifest
  if (plan === null)
    io.stderr.write(`it cannot run: ${count(problems.length, 'problem')}; see anabranch validate ${file}\n`)
  if (json) io.stdout.write(`${JSON.stringify(drawingOf(of))}\n`)
  else if (format === 'svg') io.stdout.write((await import('../graph/draw-svg.ts')).drawSvg(drawingOf(of)))
  else io.stdout.write(drawGraph(of, { format }))
  return EXIT.ok
}
