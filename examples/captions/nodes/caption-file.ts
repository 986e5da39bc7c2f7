import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { anything, defineNode, InvalidInputsError } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import type { HeardCaption } from './caption.ts'
import { type CaptionFormat, captionFormats } from './caption-formats.ts'

/** Writes each caption as it comes, so that a player can show them while the rest is still to be said. */
export const captionFile = defineNode({
  type: 'CaptionFileSink',
  summary: 'Writes captions to a file: srt, vtt or json.',
  params: z.object({
    path: z
      .string()
      .regex(/\.(srt|vtt|json)$/, 'a file that ends in .srt, .vtt or .json')
      .describe('The file; its folder is made where it is missing.'),
  }),
  purity: 'effectful',
  inputs: { input: anything },
  create({ path }) {
    const format: CaptionFormat = captionFormats[path.slice(path.lastIndexOf('.') + 1) as keyof typeof captionFormats]
    let file: FileHandle | null = null
    let count = 0
    const write = (text: string) => coded(path, async () => void (await file?.write(text)))
    return {
      prepare: () =>
        coded(path, async () => {
          await mkdir(dirname(path), { recursive: true })
          file = await open(path, 'w')
          await file.write(format.head)
        }),
      execute: ({ input }) => write(format.caption(input as HeardCaption, count++)),
      flush: () => write(format.tail),
      async cleanup() {
        await file?.close()
        file = null
      },
    }
  },
})

async function coded(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const fix = 'name a folder in which you may write'
    throw new InvalidInputsError(`${path} cannot be written: ${code}`, { key: 'path', cause, fix })
  }
}
