import { createPythonPlugin, softClip } from '@anabranch/nodes-python'
import { audio, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, Registry } from '@anabranch/runtime'
import { test } from 'tap'
import { speechFrames } from './speech.ts'
import { isAlive } from './traces.ts'

test('a Python node works in a process of its own, over the broker, and ends with its host', async (t) => {
  const { NATS_URL: _, ...env } = process.env
  const python = createPythonPlugin({ env })
  t.teardown(() => python.close())
  const frames = speechFrames()
  const speech = defineNode({
    type: 'SpeechNode',
    summary: 'Gives the frames.',
    outputs: { output: audio },
    create: () => ({ source: () => frames.map((output) => ({ output })) }),
  })
  let pid = 0
  const aliveAt: boolean[] = []
  const watch = defineNode({
    type: 'WatchNode',
    summary: 'Looks whether the worker lives.',
    inputs: { input: audio },
    create: () => ({
      execute: async () => {
        const [worker] = await python.host.workers()
        pid = worker?.pid ?? 0
        aliveAt.push(isAlive(pid))
      },
    }),
  })
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        speech: { type: speech },
        soften: { type: softClip, params: { drive: 2 }, in: { input: 'speech.output' } },
        watch: { type: watch, in: { input: 'soften.output' } },
      },
    }),
    { registry: new Registry([python]) },
  )
  t.teardown(() => executor.close())

  const { ledger } = await executor.execute()
  t.match(ledger, { accepted: frames.length, delivered: frames.length, in_flight: 0, balanced: true })
  t.equal(aliveAt.length, frames.length)
  t.ok(aliveAt.every(Boolean), 'it lived while frames came')
  t.not(pid, process.pid)

  const server = await python.host.server()
  t.ok(server?.embedded)
  t.ok(new Set([process.pid, pid, server?.pid]).size === 3, 'three processes')
  const { connections } = await python.host.serverCounts()
  t.equal(connections.length, 2, 'this process and the worker')
  const bytes = frames.reduce((sum, { samples }) => sum + samples.byteLength, 0)
  for (const { name, inBytes, outBytes } of connections)
    t.ok(Math.min(inBytes, outBytes) >= bytes, `${name}: ${inBytes} bytes in, ${outBytes} out, of ${bytes}`)

  await executor.close()
  t.ok(isAlive(pid), 'the worker is kept for the next executor')
  await python.close()
  t.notOk(isAlive(pid))
  t.notOk(isAlive(server?.pid ?? 0))
})
