import { percentile, realtimeCaptions } from '../realtime-captions.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  name: 'realtime_vad_latency',
  about:
    'frames of 20 ms at real time, mixed, resampled, VAD, sink, while speech is transcribed: late by, p95; nothing is dropped, the 8 ms of the filter are not counted',
  unit: 'ms',
  limit: 25,
  warmups: 0,
  prepare: ({ quick }) => ({
    ours: async () => percentile((await realtimeCaptions(quick ? 15 : 44)).late, 0.95),
    baseline: null,
  }),
}
