import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import { createExecutor, loadManifest, parseManifest } from '@anabranch/runtime'
import t, { type Test } from 'tap'

const root = join(import.meta.dirname, '..', '..', '..')
const guide = readFileSync(join(root, 'docs', 'python-nodes.md'), 'utf8')
t.setTimeout(120_000)

/** The files of the guide, as a reader writes them. */
function written(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-guide-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const [, name = '', text = ''] of guide.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```$/gm)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

t.test('the first node of the guide runs in its pipeline', async (t) => {
  const folder = written(t)
  const executor = await createExecutor(await loadManifest(join(folder, 'pipeline.yaml')))
  t.teardown(() => executor.close())
  const found = await executor.execute({ line: 'the best of times' })
  t.same(found.get('word.found'), { word: 'best', at: 4 })
})

t.test('the node of the SDK runs, and its params are checked before', async (t) => {
  const from = written(t)
  const pipeline = (db: number) =>
    parseManifest(
      `version: v1
plugins: [./nodes/gain.py]
inputs: { mic: { kind: audio } }
nodes: { gain: { type: PyGainNode, params: { db: ${db} }, in: { input: mic } } }`,
      { file: 'gain.yaml', env: {} },
    )
  await t.rejects(createExecutor(pipeline(99), { from }), { code: 'ANB_PARAMS', message: /at most 60, got 99/ })
  const executor = await createExecutor(pipeline(20), { from })
  t.teardown(() => executor.close())
  const { samples } = (await executor.execute({ mic: new AudioBuffer(new Float32Array([0.5, -1]), 8000) })).get(
    'gain.output',
  ) as AudioBuffer
  t.same([...samples], [5, -10])
})

t.test('the test of the guide passes', async (t) => {
  const folder = written(t)
  const python = join(root, 'packages', 'nodes-python', 'python', '.venv', 'bin', 'python')
  const { stdout } = await promisify(execFile)(
    python,
    ['-m', 'pytest', '-q', '-o', 'asyncio_mode=auto', '--rootdir', '.'],
    {
      cwd: folder,
    },
  )
  t.match(stdout, /1 passed/)
})
