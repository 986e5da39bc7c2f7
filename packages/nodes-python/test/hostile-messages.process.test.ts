import { createPythonPlugin, describeNodes, resolveServer } from '@anabranch/nodes-python'
import { connect, headers, type Msg, type NatsConnection } from '@nats-io/transport-node'
import { type Test, test } from 'tap'
import { decodeMessage } from '#src/wire/decode.js'
import { createEncoder } from '#src/wire/encode.js'
import { KIND, type Message, type Packet } from '#src/wire/packet.js'
import { NODES, openNode } from './open-node.ts'
import { bytesOf, readVectors } from './wire/vectors.ts'

const { NATS_URL: _, ...env } = process.env
const FAULTY = { modules: ['faulty_nodes'], path: [NODES] }
const encoder = createEncoder()

/** An open node, and somebody with the host's password who hears everything and says what he likes. */
async function intruder(t: Test) {
  const server = await resolveServer({ env })
  t.teardown(() => server.close())
  const { user, password } = server.host as { user: string; password: string }
  const natsUrl = server.url.replace('nats://', `nats://${user}:${password}@`)
  const options = { ...FAULTY, natsUrl, restarts: { most: 100, waitMs: 1 } }
  const plugin = createPythonPlugin({ ...options, nodes: await describeNodes(FAULTY) })
  t.teardown(() => plugin.close())
  const connection = await connect({ servers: server.url, user, pass: password })
  t.teardown(() => connection.close())
  const heard: Msg[] = []
  connection.subscribe('anb.>', { callback: (_error, message) => void heard.push(message) })
  await connection.flush()
  const opened = await openNode(plugin, 'EchoNode')
  await connection.flush() // what was said before is heard then
  const base = heard.find((each) => each.subject.endsWith('.i1.out'))?.subject.replace(/out$/, '') ?? ''
  const subject = (end: string) => `${base}${end}`
  return { ...opened, connection, heard, subject }
}

/** Resolves when the node answers, after all that was said before. */
const proof = async (run: (values: { input: string }) => Promise<unknown>, t: Test) =>
  t.same(await run({ input: 'proof' }), { input: 'proof' })

const say = async (connection: NatsConnection, subject: string, data: Uint8Array) => {
  connection.publish(subject, data)
  await connection.flush()
}

const packet = (kind: Packet['kind'], seq: number, of: number, values = {}): Packet => ({
  kind,
  seq,
  attempt: 1,
  epoch: 0,
  flags: 4,
  pts: 0,
  rest: null,
  values,
  of,
})

const message = (given: Partial<Message>): Uint8Array =>
  encoder.message({ generation: 1, session: 'i1', ack: 0, packets: [], ...given })

test('a worker tells each message that breaks the format by its code, and lives', async (t) => {
  const { connection, heard, subject, run, executor } = await intruder(t)
  const pid = executor.worker()?.pid
  for (const vector of readVectors().refused) {
    heard.length = 0
    await say(connection, subject('in'), bytesOf(vector))
    await proof(run, t)
    await connection.flush()
    const told = heard
      .filter((each) => each.subject.endsWith('.i1.out'))
      .flatMap(({ data }) => decodeMessage(data).packets)
      .filter(({ kind, of }) => kind === KIND.error && of === 0)
    t.same(
      told.map(({ values }) => values.code),
      [vector.code],
      vector.name,
    )
  }
  t.equal(executor.worker()?.pid, pid)
})

test('a host ends a worker whose message it refuses, tells why, and opens the node anew', async (t) => {
  const { connection, subject, run, executor } = await intruder(t)
  const refused = readVectors().refused.filter(({ name }) => /4 G items in|foreign|ext code 0$|million/.test(name))
  t.ok(refused.length >= 3)
  for (const vector of refused) {
    const before = executor.worker()?.pid
    const pending = run({ input: 'x' }).catch((error: Error) => error.message)
    await say(connection, subject('out'), bytesOf(vector))
    const outcome = await pending
    t.ok(typeof outcome !== 'string' || /because a message of it was refused/.test(outcome), String(outcome))
    while (executor.worker()?.pid === before) await new Promise((resolve) => setImmediate(resolve))
    await proof(run, t)
    t.not(executor.worker()?.pid, before, vector.name)
  }
})

test('what an earlier worker says late, what comes twice, and what is for nobody is dropped', async (t) => {
  const { connection, heard, subject, run, executor } = await intruder(t)
  await proof(run, t)
  const pid = executor.worker()?.pid
  const answers = heard.filter((each) => each.subject.endsWith('.i1.out'))
  const pending = run({ input: 'mine' })
  for (const { data } of answers) await say(connection, subject('out'), data) // again
  const spoofed = packet(KIND.data, 99, 3, { input: 'spoofed' })
  await say(connection, subject('out'), message({ generation: 7, packets: [spoofed] }))
  await say(connection, subject('out'), message({ session: 'i2', packets: [spoofed] }))
  await say(connection, subject('out').replace('.i1.', '.i9.'), message({ session: 'i9', packets: [spoofed] }))
  await say(connection, subject('in'), message({ generation: 7, packets: [packet(KIND.end, 1, 0)] }))
  await say(connection, subject('in'), message({ session: 'i2', packets: [packet(KIND.end, 1, 0)] }))
  t.same(await pending, { input: 'mine' })
  await proof(run, t)
  t.equal(executor.worker()?.pid, pid)
})

test('subjects of 4 KB, headers, a reply subject, and more than a message may have', async (t) => {
  const { connection, heard, subject, run, executor } = await intruder(t)
  const pid = executor.worker()?.pid
  const token = 'x'.repeat(4000)
  await say(connection, subject('in').replace('.i1.', `.${token}.`), message({ session: token }))
  await say(connection, subject('out').replace('.i1.', `.${token}.`), message({ session: token }))
  const given = headers()
  t.throws(() => given.set('trace', 'a\r\nSUB > 1'), 'the client lets no line break into a header')
  given.set('trace', 'a')
  connection.publish(subject('in'), message({}), { headers: given, reply: `${subject('out')}.stolen` })
  await proof(run, t)
  t.notOk(
    heard.some((each) => each.subject.includes('stolen')),
    'nothing goes to a subject that a message names',
  )
  t.throws(() => connection.publish(subject('in'), new Uint8Array(9 << 20)), /max_payload/)
  await say(connection, subject('in'), new Uint8Array(2 << 20))
  await proof(run, t)
  t.equal(executor.worker()?.pid, pid)
})
