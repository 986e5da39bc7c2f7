import { runCaptions, runScript } from '../captions-run.ts'
import type { Row } from '../row.ts'

/** Whole processes: Node, NATS, Python and the model are started in every sample. */
export const row: Row = {
  name: 'captions_overhead',
  about: 'the captions pipeline by the command, 44 s of speech: the whole process',
  unit: 'ms',
  limit: 1.35,
  prepare: () => ({
    ours: async () => (await runCaptions()).wall,
    baseline: { name: 'a bare script, the whole file in one call', sample: async () => (await runScript()).wall },
  }),
}
