import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolveServer } from '@anabranch/nodes-python'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type Test, test } from 'tap'
import { findPython } from '#src/environment/python-environment.js'

const { NATS_URL: _, ...env } = process.env
const RUN = 'anb.0123456789ab'

/** A server, and what connects to it as the host or as the worker of some subjects. */
async function server(t: Test, workers: readonly string[] = []) {
  const ours = await resolveServer({ env, workers })
  t.teardown(() => ours.close())
  const open = async (login: { user: string; password: string } | undefined) => {
    const connection = await connect({ servers: ours.url, user: login?.user ?? '', pass: login?.password ?? '' })
    t.teardown(() => connection.close())
    return connection
  }
  return {
    ours,
    host: () => open(ours.host),
    worker: async (name: string) => open(await ours.workerLogin(`${RUN}.${name}`)),
  }
}

/** What the server says to a subscription: null where it took it. */
async function refusalToHear(connection: NatsConnection, subject: string): Promise<Error | null> {
  const refused = new Promise<Error | null>((resolve) => {
    connection.subscribe(subject, { callback: (error) => resolve(error) })
  })
  // The refusal comes before the answer to what is sent after it.
  return Promise.race([
    refused,
    connection
      .flush()
      .then(() => connection.flush())
      .then(() => null),
  ])
}

/** What the server says to a message. */
async function refusalToSay(connection: NatsConnection, subject: string): Promise<string | null> {
  const status = connection.status()[Symbol.asyncIterator]()
  const told = status.next().then(({ value }) => (value?.type === 'error' ? String(value.error) : null))
  connection.publish(subject, 'spoofed')
  return Promise.race([
    told,
    connection
      .flush()
      .then(() => connection.flush())
      .then(() => null),
  ])
}

test('a worker hears what is sent to it and nothing else', async (t) => {
  const { worker } = await server(t, [`${RUN}.asr`])
  const connection = await worker('asr')
  t.equal(await refusalToHear(connection, `${RUN}.asr.*.in`), null)
  const closed = [
    `${RUN}.asr.*.out`,
    `${RUN}.asr.*.ctl`,
    `${RUN}.tts.*.in`,
    `${RUN}.*.*.in`,
    'anb.*.asr.*.in',
    'anb.>',
    '>',
    '$SYS.>',
    '$JS.>',
    '_INBOX.>',
  ]
  for (const subject of closed) t.match(await refusalToHear(connection, subject), /permissions violation/i, subject)
})

test('a worker says what it has to say and nothing else', async (t) => {
  const { worker, host } = await server(t, [`${RUN}.asr`])
  const connection = await worker('asr')
  const heard: string[] = []
  const listening = await host()
  listening.subscribe('>', { callback: (_error, message) => void heard.push(message.subject) })
  await listening.flush()
  for (const subject of [`${RUN}.asr.i1.out`, `${RUN}.asr.g1.ctl`])
    t.equal(await refusalToSay(connection, subject), null, subject)
  for (const subject of [`${RUN}.tts.i1.out`, `${RUN}.asr.i1.in`, 'anb.other.asr.i1.out', '$SYS.REQ.SERVER.PING', 'x'])
    t.match(await refusalToSay(connection, subject), /permissions violation/i, subject)
  await listening.flush()
  t.same(heard, [`${RUN}.asr.i1.out`, `${RUN}.asr.g1.ctl`])
})

test('a worker that comes later has a user too, and nobody is disconnected for it', async (t) => {
  const { worker, host } = await server(t, [`${RUN}.asr`])
  const both = [await host(), await worker('asr')]
  const broken: string[] = []
  for (const connection of both)
    void (async () => {
      for await (const { type } of connection.status()) broken.push(type)
    })()
  const later = await worker('tts')
  t.equal(await refusalToHear(later, `${RUN}.tts.*.in`), null)
  t.match(await refusalToHear(later, `${RUN}.asr.*.in`), /permissions violation/i)
  for (const connection of both) await connection.flush()
  t.same(broken, [])
})

test('the login of one worker is not good for another one', async (t) => {
  const { ours } = await server(t, [`${RUN}.asr`, `${RUN}.tts`])
  const asr = await ours.workerLogin(`${RUN}.asr`)
  const tts = await ours.workerLogin(`${RUN}.tts`)
  t.not(asr?.password, tts?.password)
  const mixed = { servers: ours.url, user: asr?.user ?? '', pass: tts?.password ?? '', reconnect: false }
  await t.rejects(connect(mixed), /authorization/i)
})

test('a worker that the server refuses ends at once, and says why', async (t) => {
  const { ours } = await server(t, [`${RUN}.asr`, `${RUN}.tts`])
  const login = await ours.workerLogin(`${RUN}.tts`)
  const config = { url: ours.url, ...login, run: '0123456789ab', node: 'asr', generation: 1 }
  const worker = spawn(findPython(undefined), ['-m', 'anabranch'], { stdio: ['pipe', 'ignore', 'pipe'] })
  t.teardown(() => worker.kill('SIGKILL'))
  let text = ''
  worker.stderr.on('data', (chunk) => {
    text += chunk
  })
  worker.stdin.write(`${JSON.stringify(config)}\n`)
  t.same(await once(worker, 'exit'), [3, null])
  t.match(text, /permissions violation/i)
})
