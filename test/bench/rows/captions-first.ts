import { runCaptions, runScript } from '../captions-run.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  name: 'captions_first',
  about: 'the captions pipeline by the command: from the start of the process to the first caption',
  unit: 'ms',
  limit: 1,
  prepare: () => ({
    ours: async () => (await runCaptions()).first,
    baseline: { name: 'the first segment of a bare script', sample: async () => (await runScript()).first },
  }),
}
