import { resolveServer } from '@anabranch/nodes-python'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type Test, test } from 'tap'
import { connectLending } from '#src/wire/lending-connection.js'

const { NATS_URL: _, ...env } = process.env

async function server(t: Test) {
  const server = await resolveServer({ env })
  t.teardown(() => server.close())
  const { user, password } = server.host as { user: string; password: string }
  const login = { servers: server.url, user, pass: password, reconnectTimeWait: 20, maxReconnectAttempts: -1 }
  return { server, login }
}

/** Publishes messages, each of one byte again and again, and resolves when as many came. */
async function carried(
  from: NatsConnection,
  to: NatsConnection,
  sizes: readonly number[],
  heard: Heard,
): Promise<void> {
  let count = 0
  const all = new Promise<void>((resolve) => {
    to.subscribe('out', {
      max: sizes.length,
      callback: (_, { data }) => {
        heard(data, count++)
        if (count === sizes.length) resolve()
      },
    })
  })
  await to.flush()
  for (const [n, size] of sizes.entries()) from.publish('out', new Uint8Array(size).fill(n))
  await all
}
type Heard = (data: Uint8Array, index: number) => void

test('messages come whole and in order, wherever the reads cut them', async (t) => {
  const { login } = await server(t)
  const [from, to] = await Promise.all([connect(login), connectLending(login)])
  t.teardown(() => Promise.all([from.close(), to.close()]))
  const sizes = Array.from({ length: 500 }, (_, n) => [62_000, 3, 0, 300_000, 900][n % 5] as number)
  const wrong: number[] = []
  await carried(from, to, sizes, (data, n) => {
    if (data.length !== sizes[n] || data.some((byte) => byte !== n % 256)) wrong.push(n)
  })
  t.same(wrong, [])
})

test('it reads again and again into the same memory, with the next connection too; others keep what they got', async (t) => {
  const {
    server: { pid = 0 },
    login,
  } = await server(t)
  const to = await connectLending(login)
  const other = await connect(login)
  t.teardown(() => Promise.all([to.close(), other.close()]))
  const sizes = Array(50).fill(1000)
  const lent = async () => {
    const memory = new Set<unknown>()
    for (const size of sizes) await carried(other, to, [size], ({ buffer }) => void memory.add(buffer))
    return memory.size
  }
  t.equal(await lent(), 1)
  const again = Promise.all([to, other].map(reconnected))
  process.kill(pid, 'SIGKILL')
  await again
  t.equal(await lent(), 1)
  const kept: Uint8Array[] = []
  await carried(to, other, sizes, (data) => void kept.push(data))
  t.same(
    kept.map((data, n) => data.every((byte) => byte === n)),
    sizes.map(() => true),
  )
})

async function reconnected(connection: NatsConnection): Promise<void> {
  for await (const { type } of connection.status()) if (type === 'reconnect') return
}
