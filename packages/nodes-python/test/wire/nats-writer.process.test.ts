import { resolveServer } from '@anabranch/nodes-python'
import { connect } from '@nats-io/transport-node'
import { test } from 'tap'
import { natsWriter } from '#src/wire/nats-writer.js'

const { NATS_URL: _, ...env } = process.env

test('what is published arrives as it was, in order, more at once than the socket takes', async (t) => {
  const server = await resolveServer({ env })
  t.teardown(() => server.close())
  const login = { servers: server.url, user: server.host?.user as string, pass: server.host?.password as string }
  const [from, to] = await Promise.all([connect(login), connect(login)])
  t.teardown(() => Promise.all([from.close(), to.close()]))
  const sizes = [...Array(120).fill(300_000), 20_000, 10, 60_000, 0]
  const came: [number, boolean][] = []
  const all = new Promise<void>((resolve) => {
    to.subscribe('out', {
      callback: (_, { data }) => {
        came.push([data.length, data.every((byte) => byte === came.length % 256)])
        if (came.length === sizes.length) resolve()
      },
    })
  })
  await to.flush()
  const publish = natsWriter(from)
  const memory = new Uint8Array(300_000)
  for (const [n, size] of sizes.entries()) publish('out', memory.fill(n, 0, size).slice(0, size))
  await all
  t.same(
    came,
    sizes.map((size) => [size, true]),
  )
})

test('without a connection it is left to nats.js, and with the next one it goes on', async (t) => {
  const server = await resolveServer({ env })
  t.teardown(() => server.close())
  const login = { servers: server.url, user: server.host?.user as string, pass: server.host?.password as string }
  const connection = await connect({ ...login, reconnectTimeWait: 20, maxReconnectAttempts: -1 })
  t.teardown(() => connection.close())
  const publish = natsWriter(connection)
  const large = new Uint8Array(50_000).fill(7)
  let came = 0
  connection.subscribe('out', { callback: (_, { data }) => void (data.every((byte) => byte === 7) && came++) })
  publish('out', large)
  await connection.flush()
  t.equal(came, 1)
  process.kill(server.pid as number, 'SIGKILL')
  for await (const { type } of connection.status()) {
    publish('out', large)
    if (type === 'reconnect') break
  }
  came = 0
  publish('out', large)
  await connection.flush()
  t.ok(came >= 1, 'the last one is among those that came')
})
