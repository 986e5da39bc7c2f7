import { runCaptions } from '../captions-run.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  name: 'captions_first_part',
  about: 'the captions pipeline by the command, not paced: its first caption, as a part of the whole time',
  unit: 'of the time',
  limit: 0.5,
  prepare: () => ({
    ours: async () => {
      const { first, wall } = await runCaptions()
      return first / wall
    },
    baseline: null,
  }),
}
