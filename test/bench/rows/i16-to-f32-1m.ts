import type { Row } from '../row.ts'
import { copyWork, formatWork } from './format-work.ts'

export const row: Row = {
  name: 'i16_to_f32_1m',
  about: 'a million 16-bit samples to floats, by the addon, buffers warm',
  unit: 'µs',
  limit: 100,
  judged: 'value',
  warmups: 3,
  prepare() {
    const { sample, cleanup } = formatWork('f32')
    return { ours: sample, baseline: { name: 'copying 3 MB: as much memory', sample: copyWork() }, cleanup }
  },
}
