import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type WatchedRun, watchedRun } from '../../e2e/watched-run.ts'
import type { Row } from '../row.ts'

/** This file is built to test/.build/bench/rows/. */
const build = fileURLToPath(new URL('../../', import.meta.url))
const FEED_MS = 2
/** Between two saves: nobody edits faster, and the process for the next trial is there again after about so long. */
const PAUSE_MS = 1000

const pipeline = `version: v1
plugins: ['./nodes/scale.mjs']
inputs: { n: { kind: number } }
nodes: { scale: { type: ScaleNode, in: { input: n } } }
`

const scale = (version: number) => `import { anything, defineNode, definePlugin, number } from '@anabranch/plugin-sdk'
const scale = defineNode({
  type: 'ScaleNode',
  summary: 'Says its version.',
  inputs: { input: number },
  outputs: { output: anything },
  purity: 'pure',
  create: () => ({ execute: ({ input }) => ({ output: [input, ${version}, input * ${version}] }) }),
})
export default definePlugin({ name: 'scale', apiVersion: 1, nodes: [scale] })
`

/** Saves a version under a run that is fed all the time; ms to the first output that it made, which must be right. */
class EditedRun {
  readonly #run: WatchedRun
  readonly #timer: NodeJS.Timeout
  #fed = 0
  #version = 0

  constructor(run: WatchedRun) {
    this.#run = run
    this.#timer = setInterval(() => run.feed(this.#fed++), FEED_MS)
  }

  async edit(): Promise<number> {
    await sleep(PAUSE_MS)
    const run = this.#run
    const version = ++this.#version
    const from = run.values.length
    const start = performance.now()
    run.write('nodes/scale.mjs', scale(version))
    let at = -1
    for (let looked = from; at < 0; looked = run.values.length) {
      await run.got(looked + 1)
      at = run.values.findIndex((value, index) => index >= from && (value as number[])[1] === version)
    }
    const elapsed = performance.now() - start
    const [n = 0, , product] = run.values[at] as number[]
    if (n !== at || product !== n * version) throw new Error(`wrong: ${JSON.stringify(run.values[at])} at ${at}`)
    return elapsed
  }

  /** Nothing was lost, and nothing came twice. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    const { ledger } = (await this.#run.end()) as { ledger: { balanced: boolean; delivered: number } }
    const wrong = this.#run.values.findIndex((value, at) => (value as number[])[0] !== at)
    if (wrong >= 0 || !ledger.balanced || ledger.delivered !== this.#fed || this.#run.values.length !== this.#fed)
      throw new Error(`${this.#fed} went in: ${JSON.stringify(ledger)}, the first wrong one is ${wrong}`)
    this.#run.remove()
  }
}

/** What an import of the new file costs in bare Node.js, without watching, trying, or a run that goes on. */
function bareImports() {
  const folder = mkdtempSync(join(build, 'reimport-'))
  let version = 0
  return {
    async sample(): Promise<number> {
      const file = join(folder, 'scale.mjs')
      const start = performance.now()
      writeFileSync(file, scale(++version))
      const { default: plugin } = await import(`${pathToFileURL(file).href}?${version}`)
      const elapsed = performance.now() - start
      const made = await plugin.nodes[0].create({}).execute({ data: { input: 3 } }, {})
      if (made.data.output[1] !== version) throw new Error(`an old version: ${made.data.output}`)
      return elapsed
    },
    cleanup: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The slowest but one of 20: p95. */
const EDITS = 20

export const row: Row = {
  name: 'reload',
  about: `run --watch: a file is saved to the first output of its new code, p95 of ${EDITS}`,
  unit: 'ms',
  limit: 500,
  judged: 'value',
  warmups: 0,
  async prepare() {
    const run = await watchedRun({ 'pipeline.yaml': pipeline, 'nodes/scale.mjs': scale(0) })
    const edited = new EditedRun(run)
    const bare = bareImports()
    await run.got(1)
    await edited.edit()
    return {
      ours: () => p95(() => edited.edit()),
      baseline: { name: 'import of the file in bare Node.js', sample: () => p95(bare.sample) },
      async cleanup() {
        bare.cleanup()
        try {
          await edited.end()
        } finally {
          run.remove()
        }
      },
    }
  },
}

async function p95(sample: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let n = 0; n < EDITS; n++) all.push(await sample())
  return all.sort((a, b) => a - b)[Math.ceil(0.95 * EDITS) - 1] as number
}
