import { defineNode, definePlugin, json, text } from '@anabranch/plugin-sdk'
import { z } from 'zod'

const FLOOR_DB = -60

const meter = defineNode({
  type: 'MeterNode',
  summary: 'Draws a level as a bar.',
  purity: 'pure',
  inputs: { input: json(z.object({ start_ms: z.number(), rms_db: z.number() })) },
  outputs: { output: text },
  create: () => ({
    execute: ({ input: { start_ms, rms_db } }) => {
      const bar = '▮'.repeat(Math.max(0, Math.round((rms_db - FLOOR_DB) / 2)))
      return { output: `${(start_ms / 1000).toFixed(1)} s  ${rms_db.toFixed(1)} dB  ${bar}`.trimEnd() }
    },
  }),
})

export default definePlugin({ name: 'meter', apiVersion: 1, nodes: [meter] })
