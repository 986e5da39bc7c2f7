import { audio, defineNode } from '@anabranch/plugin-sdk'
import type { Levels } from './levels.ts'

/** Notes how loud each frame is, and passes it on: the same samples, not a copy. */
export const levelMeter = (levels: Levels) =>
  defineNode({
    type: 'LevelMeterNode',
    summary: 'Notes how loud audio is, and passes it on.',
    inputs: { input: audio },
    outputs: { output: audio },
    create: () => ({
      execute: ({ input }) => {
        levels.add(input)
        return { output: input }
      },
    }),
  })
