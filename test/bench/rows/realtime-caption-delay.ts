import { realtimeCaptions } from '../realtime-captions.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  name: 'realtime_caption_delay',
  about: 'speech at real time: from the end of a segment to its caption, the longest',
  unit: 'ms',
  limit: 2500,
  warmups: 0,
  prepare: ({ quick }) => ({
    ours: async () => Math.max(...(await realtimeCaptions(quick ? 15 : 44)).delays),
    baseline: null,
  }),
}
