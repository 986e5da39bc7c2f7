import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveServer } from '@anabranch/nodes-python'
import { connect } from '@nats-io/transport-node'
import { test } from 'tap'
import { isAlive } from './open-node.ts'

const { NATS_URL: _, ...env } = process.env

test('an embedded server: loopback, closed to strangers, gone without a trace', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-test-'))
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(folder, { recursive: true, force: true })
  })
  const server = await resolveServer({ env })
  t.match(server.url, /^nats:\/\/127\.0\.0\.1:\d+$/)
  t.ok(server.embedded)
  const [made = ''] = readdirSync(folder)
  t.equal(statSync(join(folder, made)).mode & 0o777, 0o700)
  t.equal(statSync(join(folder, made, 'server.conf')).mode & 0o777, 0o600)
  await t.rejects(connect({ servers: server.url, reconnect: false }), /authorization/i)
  await t.rejects(connect({ servers: server.url, user: 'host', pass: 'guess', reconnect: false }), /authorization/i)
  const counts = await server.counts()
  t.same(counts.connections, [])
  t.ok(isAlive(server.pid ?? 0))
  await server.close()
  await server.close()
  t.notOk(isAlive(server.pid ?? 0))
  t.notOk(existsSync(join(folder, made)))
})

test('a server that ends is started again, where it was and for the same clients', async (t) => {
  const server = await resolveServer({ env, workers: ['anb.run.early'] })
  t.teardown(() => server.close())
  const { user, password } = server.host as { user: string; password: string }
  const connection = await connect({ servers: server.url, user, pass: password, reconnectTimeWait: 20 })
  t.teardown(() => connection.close())
  const late = await server.workerLogin('anb.run.late')
  const pid = server.pid ?? 0
  const reconnected = (async () => {
    for await (const status of connection.status()) if (status.type === 'reconnect') return
  })()
  process.kill(pid, 'SIGKILL')
  await reconnected
  t.not(server.pid, pid)
  for (const login of [await server.workerLogin('anb.run.early'), late]) {
    const worker = await connect({ servers: server.url, user: login?.user ?? '', pass: login?.password ?? '' })
    await worker.close()
  }
})

test('a running server is used where one is named, and nothing is started', async (t) => {
  const ours = await resolveServer({ env })
  t.teardown(() => ours.close())
  const url = ours.url.replace('nats://', `nats://host:${ours.host?.password}@`)
  const named = await resolveServer({ env: { ...env, NATS_URL: url } })
  t.match(named, { url: ours.url, embedded: false, pid: undefined, host: { user: 'host' } })
  await t.rejects(named.counts(), { code: 'ANB_NOT_AVAILABLE' })
  await named.close()
  t.ok(isAlive(ours.pid ?? 0))
})

test('a server elsewhere without TLS, and a URL that is none, are refused without telling a password', async (t) => {
  await t.rejects(resolveServer({ url: 'nats://me:secret@10.0.0.9:4222', env }), {
    code: 'ANB_NOT_AVAILABLE',
    fix: /tls/,
  })
  for (const url of ['nats://me:secret@10.0.0.9:4222', 'http://me:secret@x', 'nats://me:secret@:99999'])
    await resolveServer({ url, env }).catch((error: Error) => t.notMatch(error.message, /secret/))
})
