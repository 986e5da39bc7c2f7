import type { Row } from '../row.ts'
import { copyWork, formatWork } from './format-work.ts'

export const row: Row = {
  name: 'f32_to_i16_1m',
  about: 'a million floats to 16-bit samples, rounded and clipped, buffers warm',
  unit: 'µs',
  limit: 110,
  judged: 'value',
  warmups: 3,
  prepare() {
    const { sample, cleanup } = formatWork('i16')
    return { ours: sample, baseline: { name: 'copying 3 MB: as much memory', sample: copyWork() }, cleanup }
  },
}
