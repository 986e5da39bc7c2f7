import type { Row } from '../row.ts'
import { commandTime, whole } from './command-time.ts'

export const row: Row = {
  name: 'command_help',
  about: 'anabranch --help: the whole process',
  unit: 'ms',
  limit: 150,
  judged: 'value',
  prepare: () => commandTime(['--help'], '.', whole),
}
