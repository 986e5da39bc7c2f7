import type { Row } from '../row.ts'
import { commandTime, whole } from './command-time.ts'

export const row: Row = {
  name: 'command_validate',
  about: 'anabranch validate of the demo (examples/captions): the whole process',
  unit: 'ms',
  limit: 600,
  judged: 'value',
  prepare: () => commandTime(['validate', 'pipeline.yaml'], 'examples/captions', whole),
}
