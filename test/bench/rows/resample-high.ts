import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { audioResample } from '@anabranch/nodes-native'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import type { Row, Sample } from '../row.ts'
import { nodeOnFrames } from './native-frames.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
const python = join(root, 'packages', 'nodes-python', 'python', '.venv', 'bin', 'python')
const script = join(root, 'test', 'bench', 'baselines', 'soxr_hq.py')
const SECONDS = 10

/** soxr HQ in Python, asked for one sample at a time; null where it is not installed. */
function soxr(): { readonly sample: Sample; stop(): void } | null {
  if (spawnSync(python, ['-c', 'import soxr, numpy']).status !== 0) return null
  const child: ChildProcess = spawn(python, [script, '--each-line'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  return {
    sample: async () => {
      const line = once(lines, 'line')
      child.stdin?.write('\n')
      return (JSON.parse(String((await line)[0])) as { value: number }).value
    },
    stop: () => void child.stdin?.end(),
  }
}

/** 48 to 16 kHz, in calls of 1 s, as the baseline takes it. */
export const row: Row = {
  name: 'resample_high',
  about: 'AudioResampleNode, quality high, 48 to 16 kHz',
  unit: 'ms/s of audio',
  limit: 0.3,
  judged: 'value',
  warmups: 2,
  prepare() {
    const node = nodeOnFrames(audioResample.create({ output_rate: 16_000, quality: 'high' }))
    const input = node.frame(48_000, 48_000, (i) => 0.3 * Math.sin((2 * Math.PI * 440 * i) / 48_000))
    const baseline = soxr()
    return {
      ours: () => {
        let samples = 0
        const start = performance.now()
        for (let i = 0; i < SECONDS; i++)
          node.call(input, ({ output }) => {
            if (output instanceof AudioBuffer) samples += output.length
          })
        const elapsed = performance.now() - start
        if (Math.abs(samples - SECONDS * 16_000) > 2000) throw new Error(`${samples} samples came out`)
        return elapsed / SECONDS
      },
      baseline: baseline && { name: 'soxr HQ in Python', sample: baseline.sample },
      cleanup: async () => {
        baseline?.stop()
        await node.cleanup()
      },
    }
  },
}
