import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as here from '@anabranch/plugin-sdk'
import { recordBody } from '@anabranch/plugin-sdk/host'
import t from 'tap'

/** A second copy of the built package, as a plugin with a version of its own would bring it. */
async function secondCopy(): Promise<typeof here> {
  // Inside the package, so that its dependencies resolve.
  const folder = mkdtempSync(fileURLToPath(new URL('../.build-test/copy-', import.meta.url)))
  t.teardown(() => rmSync(folder, { recursive: true }))
  cpSync(fileURLToPath(new URL('../dist', import.meta.url)), folder, { recursive: true })
  return import(pathToFileURL(`${folder}/index.js`).href)
}

t.test('two copies of the package understand each other', async (t) => {
  const there = await secondCopy()
  t.not(there.AudioBuffer, here.AudioBuffer, 'they are two copies')

  const error = new there.CycleError('a → a', { nodes: ['a', 'a'] })
  t.ok(here.isAnabranchError(error))
  t.ok(error instanceof here.CycleError)
  t.notOk(error instanceof here.StallError)
  t.ok(new here.CycleError('x') instanceof there.CycleError)

  const buffer = new there.AudioBuffer(new Float32Array(2), 16_000)
  t.ok(buffer instanceof here.AudioBuffer)
  t.equal(new here.NodeInputs({ input: buffer }).getAudioBuffer('input'), buffer)

  const node = there.defineNode({
    type: 'Foreign',
    summary: 'Of the other copy.',
    inputs: { input: there.text },
    outputs: { output: there.text },
    create: () => ({ execute: ({ input }) => ({ output: input.toUpperCase() }) }),
  })
  const body = recordBody(node.create())
  t.equal(body.execute?.length, 1, 'the body itself, no wrapper')
  const { firstValueFrom, of } = await import('rxjs')
  t.equal(await firstValueFrom(of('a').pipe(here.nodeOperator(node))), 'A')
})
