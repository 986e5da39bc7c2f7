import { anything, defineNode, definePlugin, text } from '@anabranch/plugin-sdk'

const FLOOR_DB = -60

const meter = defineNode({
  type: 'MeterNode',
  summary: 'Draws a level as a bar.',
  purity: 'pure',
  inputs: { input: anything },
  outputs: { output: text },
  create: () => ({
    execute: ({ input }) => {
      const { start_ms, rms_db } = input as { start_ms: number; rms_db: number }
      const bar = '▮'.repeat(Math.max(0, Math.round((rms_db - FLOOR_DB) / 2)))
      return { output: `${(start_ms / 1000).toFixed(1)} s  ${rms_db.toFixed(1)} dB  ${bar}`.trimEnd() }
    },
  }),
})

export default definePlugin({ name: 'meter', apiVersion: 1, nodes: [meter] })
