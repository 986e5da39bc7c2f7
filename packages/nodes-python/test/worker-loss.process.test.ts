import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { faultyPlugin, isAlive, openNode, rejection, until } from './open-node.ts'

test('a killed worker fails what is pending at once; the next one opens the node again', async (t) => {
  const plugin = await faultyPlugin(t)
  const { executor, run } = await openNode(plugin, 'ActingNode')
  const first = executor.worker()?.pid ?? 0
  const pending = Array.from({ length: 12 }, () => rejection(run({ input: 'sleep' })))
  await until(() => (executor.worker()?.inFlight ?? 0) === 12, 1000)
  const start = performance.now()
  process.kill(first, 'SIGKILL')
  for (const error of await Promise.all(pending))
    t.match(error, { code: 'ANB_WORKER_LOST', message: /signal SIGKILL/, retryable: true })
  t.ok(performance.now() - start < 500, 'long before any heartbeat is missed')
  t.same(await run({ input: 'fine' }), { output: 'done' })
  t.not(executor.worker()?.pid, first)
  t.match(executor.worker(), { generation: 2, losses: 1, instances: 1 })
  t.equal((await plugin.host.workers()).length, 1)
})

test('a node that ends its process is told with its last lines, siblings go on', async (t) => {
  const plugin = await faultyPlugin(t)
  const sibling = await openNode(plugin, 'ActingNode', {}, 'sibling')
  const { run } = await openNode(plugin, 'ActingNode', {}, 'victim')
  t.match(await rejection(run({ input: 'abort' })), { code: 'ANB_WORKER_LOST', message: /signal SIGABRT/ })
  t.same(await sibling.run({ input: 'fine' }), { output: 'done' })
})

test('a worker that is lost too often is not made anew for a while; its sibling goes on', async (t) => {
  const windowMs = 6000
  const plugin = await faultyPlugin(t, { restarts: { most: 1, windowMs, waitMs: 10 } })
  const sibling = await openNode(plugin, 'ActingNode', {}, 'sibling')
  const { executor, run } = await openNode(plugin, 'ActingNode', {}, 'victim')
  const start = performance.now()
  for (let loss = 0; loss < 2; loss++)
    t.match(await rejection(run({ input: 'abort' })), { code: 'ANB_WORKER_LOST', retryable: true })
  const over = await rejection(run({ input: 'fine' }))
  t.match(over, { code: 'ANB_WORKER_LOST', retryable: false, message: /lost 2 times in 6 s .* SIGABRT/ })
  t.match(await rejection(openNode(plugin, 'ActingNode', {}, 'victim')), { code: 'ANB_WORKER_LOST', retryable: false })
  t.equal(executor.worker(), undefined)
  t.same(await sibling.run({ input: 'fine' }), { output: 'done' })
  await until(() => executor.worker() !== undefined, 2 * windowMs)
  t.ok(performance.now() - start > windowMs - 1000)
  await until(() => executor.worker()?.generation === 4, 5000)
  t.same(await run({ input: 'fine' }), { output: 'done' })
})

test('a stopped worker is taken for lost after three missed heartbeats', async (t) => {
  const { executor, run } = await openNode(await faultyPlugin(t), 'ActingNode')
  const pid = executor.worker()?.pid ?? 0
  process.kill(pid, 'SIGSTOP')
  t.match(await rejection(run({ input: 'fine' })), { code: 'ANB_WORKER_LOST', message: /signal SIGKILL/ })
  t.notOk(isAlive(pid))
})

test('a call of five seconds delays no heartbeat', async (t) => {
  const { run } = await openNode(await faultyPlugin(t), 'ActingNode')
  t.same(await run({ input: 'block' }), { output: 'done' })
})

test('a server that dies costs time and no item', async (t) => {
  const plugin = await faultyPlugin(t)
  const { executor, run } = await openNode(plugin, 'EchoNode')
  const worker = executor.worker()?.pid
  for (let round = 0; round < 3; round++) {
    const before = (await plugin.host.server())?.pid ?? 0
    const results = Array.from({ length: 30 }, (_, n) => run({ input: n }))
    process.kill(before, 'SIGKILL')
    t.same(
      await Promise.all(results),
      results.map((_, n) => ({ input: n })),
    )
    t.same(await run({ input: 'next' }), { input: 'next' })
    t.not((await plugin.host.server())?.pid, before)
  }
  t.equal(executor.worker()?.pid, worker)
})

test('worker and server end within 1 s of a killed parent, and leave no files', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const program = fileURLToPath(new URL('./parent.js', import.meta.url))
  for (let round = 0; round < 5; round++) {
    const parent = spawn(process.execPath, [program], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string]
    const pids = JSON.parse(line) as number[]
    t.equal(pids.length, 2)
    t.ok(pids.every(isAlive))
    parent.kill('SIGKILL')
    const ms = await until(() => !pids.some(isAlive) && readdirSync(folder).length === 0, 1000)
    t.ok(ms < 1000, `gone after ${ms.toFixed(0)} ms`)
  }
})
