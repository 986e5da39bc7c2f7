import type { Row } from '../row.ts'
import { commandTime, firstOutput } from './command-time.ts'

export const row: Row = {
  name: 'hello_first_output',
  about: 'anabranch run of examples/hello: start to first output',
  unit: 'ms',
  limit: 700,
  judged: 'value',
  prepare: () => commandTime(['run', 'pipeline.yaml', '-q'], 'examples/hello', firstOutput),
}
