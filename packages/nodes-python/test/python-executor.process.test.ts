import { isDeepStrictEqual } from 'node:util'
import { createPythonPlugin, describeNodes, type NodeDescription } from '@anabranch/nodes-python'
import { AudioBuffer, NodeInputs, type NodeOutputs, type Values } from '@anabranch/plugin-sdk'
import { test } from 'tap'
import { BUILTIN_NODES } from '#src/builtin-nodes.js'
import { faultyPlugin, isAlive, openNode, rejection, until } from './open-node.ts'

test('the description in TypeScript is the one that Python gives', async (t) => {
  t.same(await describeNodes(), BUILTIN_NODES)
  await t.rejects(describeNodes({ modules: ['no_such_module'] }), { code: 'ANB_PLUGIN', message: /no_such_module/ })
})

test('audio through SoftClipNode is tanh, in a process of its own', async (t) => {
  const plugin = createPythonPlugin()
  t.teardown(() => plugin.close())
  const { executor, run } = await openNode(plugin, 'SoftClipNode', { drive: 1.5 })
  t.not(executor.worker()?.pid, process.pid)
  for (let frame = 0; frame < 50; frame++) {
    const samples = Float32Array.from({ length: 960 }, (_, index) => 2 * Math.sin((frame * 960 + index) / 50))
    const clipped = (await run({ input: new AudioBuffer(samples, 48_000, 2) }))?.output as AudioBuffer
    t.equal(clipped.sampleRate, 48_000)
    t.equal(clipped.channels, 2)
    const furthest = Math.max(
      ...samples.map((x, index) => Math.abs((clipped.samples[index] ?? 9) - Math.tanh(1.5 * x))),
    )
    t.ok(furthest < 1e-6, `frame ${frame}: ${furthest}`)
  }
  const empty = (await run({ input: new AudioBuffer(new Float32Array(0), 16_000) }))?.output as AudioBuffer
  t.equal(empty.samples.length, 0)
  const counts = await plugin.host.serverCounts()
  const worker = counts.connections.find(({ name }) => name.startsWith('anabranch-worker'))
  t.ok((worker?.inMessages ?? 0) >= 52, 'the server itself counted what the worker sent')
  t.ok((worker?.inBytes ?? 0) > 50 * 3840)
})

test('every kind of value comes back equal', async (t) => {
  const { run } = await openNode(await faultyPlugin(t), 'EchoNode')
  const values: Values[] = [
    { input: null },
    { input: 'Grüße 流れ 🌊' },
    { input: { list: [1, 2.5, true, null, ''], map: {} } },
    { input: new Float32Array(0) },
    { input: Float64Array.of(0.1, -0) },
    { input: Int16Array.of(-32768, 32767) },
    { input: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] } },
    { input: 2 ** 53 - 1 },
    { input: 2n ** 63n },
  ]
  for (const value of values) t.same(await run(value), value)
  const large = Float32Array.from({ length: 5 * 1024 * 1024 }, (_, index) => index % 1000)
  t.ok(isDeepStrictEqual(await run({ input: large }), { input: large }), '20 MB, in parts')
  const bytes = await run({ input: Uint8Array.of(1, 2) })
  t.same(Buffer.from(bytes?.input as Uint8Array), Buffer.of(1, 2))
})

test('an async generator gives several outputs, none is none', async (t) => {
  const plugin = await faultyPlugin(t)
  const { executor, context } = await openNode(plugin, 'CountingNode')
  const given: Values[] = []
  const outputs = executor.execute?.(new NodeInputs({ input: 3 }), context)
  for await (const each of outputs as AsyncIterable<NodeOutputs>) given.push(each.data)
  t.same(given, [{ output: 0 }, { output: 1 }, { output: 2 }])
  const { run } = await openNode(plugin, 'ActingNode')
  t.equal(await run({ input: 'nothing' }), undefined)
})

test('what a node raises arrives coded, with its traceback, and the process lives', async (t) => {
  const { executor, run } = await openNode(await faultyPlugin(t), 'ActingNode')
  const pid = executor.worker()?.pid
  const raised = await rejection(run({ input: 'raise' }))
  t.match(raised, { code: 'ANB_PYTHON', message: 'ValueError: no such speaker', retryable: true })
  t.match(raised, { traceback: /faulty_nodes\.py", line \d+, in execute/ })
  t.match(await rejection(run({ input: 'exit' })), { code: 'ANB_PYTHON', message: 'SystemExit: 3' })
  t.match(await rejection(run({ input: 'refuse' })), { code: 'ANB_INPUTS', key: 'input', retryable: false })
  t.match(await rejection(run({ input: 'undeclared' })), { code: 'ANB_PLUGIN', message: /"other"/ })
  t.match(await rejection(run({ input: 'a set' })), { code: 'ANB_MARSHALING', key: 'output' })
  const large = new Uint8Array(64 * 1024 * 1024)
  t.match(await rejection(run({ input: large })), { code: 'ANB_LIMIT', limit: 'value_bytes' })
  t.same(await run({ input: 'close stdin' }), { output: 'done' })
  t.same(await run({ input: 'fine' }), { output: 'done' })
  t.equal(executor.worker()?.pid, pid)
})

test('what a node prints and logs is log lines, and disturbs nothing', async (t) => {
  const { lines, run } = await openNode(await faultyPlugin(t), 'ActingNode')
  t.same(await run({ input: 'print' }), { output: 'done' })
  const wanted = ['info printed by a node', 'info written to descriptor 1', 'warn logged by a node']
  await until(() => wanted.every((line) => lines.includes(line)), 2000).catch(() => undefined)
  t.same([...lines].sort(), wanted.sort())
})

test('an abort settles the call at once, and reaches the coroutine', async (t) => {
  const { context, run } = await openNode(await faultyPlugin(t), 'ActingNode')
  const pending = run({ input: 'sleep' })
  context.abort('nobody wants it')
  t.match(await rejection(pending), { code: 'ANB_CANCELLED', cause: 'nobody wants it' })
  const again = await openNode(await faultyPlugin(t), 'ActingNode')
  t.same(await again.run({ input: 'fine' }), { output: 'done' })
})

test('errors of opening: params that only Python can judge, a type that is not there', async (t) => {
  const [known] = BUILTIN_NODES.filter(({ type }) => type === 'SoftClipNode')
  const lenient = createPythonPlugin({ nodes: [{ ...(known as NodeDescription), type: 'GoneNode' }] })
  t.teardown(() => lenient.close())
  t.match(await rejection(openNode(lenient, 'GoneNode')), {
    code: 'ANB_NODE_NOT_FOUND',
    nearest: BUILTIN_NODES.map(({ type }) => type),
  })
  const absent = createPythonPlugin({ python: '/nowhere/python' })
  t.teardown(() => absent.close())
  t.match(await rejection(openNode(absent, 'SoftClipNode')), { code: 'ANB_NOT_AVAILABLE', fix: /interpreter/ })
  const broken = createPythonPlugin({ modules: ['no_such_module'] })
  t.teardown(() => broken.close())
  t.match(await rejection(openNode(broken, 'SoftClipNode')), { code: 'ANB_WORKER_LOST', message: /no_such_module/ })
})

test('with stopWhenIdle, server and workers go with the last node', async (t) => {
  const plugin = createPythonPlugin({ stopWhenIdle: true })
  const { executor } = await openNode(plugin, 'SoftClipNode')
  const pids = [executor.worker()?.pid ?? 0, (await plugin.host.server())?.pid ?? 0]
  t.ok(pids.every(isAlive))
  await executor.cleanup?.()
  t.notOk(pids.some(isAlive))
  const again = await openNode(plugin, 'SoftClipNode')
  await again.executor.cleanup?.()
  await plugin.close()
  t.match(await rejection(openNode(plugin, 'SoftClipNode')), { code: 'ANB_NOT_AVAILABLE', message: /closed/ })
})
