import { audio, defineNode } from '@anabranch/plugin-sdk'
import { WavWriter } from '../wav/wav-writer.ts'
import type { Levels } from './levels.ts'

/** A sink: writes a wav file. What came before a stop or a failure is kept. */
export const wavFile = (path: string, levels: Levels, onFrame: () => void) =>
  defineNode({
    type: 'WavFileNode',
    summary: 'Writes audio to a wav file.',
    inputs: { input: audio },
    create: () => {
      const writer = new WavWriter(path)
      return {
        prepare: () => writer.open(),
        execute: async ({ input }) => {
          await writer.write(input)
          levels.add(input)
          onFrame()
        },
        flush: () => writer.finish(),
        cleanup: () => writer.finish(),
      }
    },
  })
