import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { anything } from '@anabranch/plugin-sdk'
import { definePipeline, type Pipeline } from '@anabranch/runtime'
import { context, trace } from '@opentelemetry/api'
import t from 'tap'
import { FAMILIES } from '#src/prometheus/families.js'
import { CHANNELS } from '#src/telemetry/channels.js'
import { onDrop } from './docs/listen.ts'
import { loggedExecutor } from './docs/logged.ts'
import { metricsServer } from './docs/scrape.ts'
import { traced } from './docs/traced.ts'
import { mapNode, pass, quickSource, upTo } from './nodes.ts'
import { recordingTracer } from './opentelemetry/spans.ts'
import { scenario } from './scenario.ts'

const root = new URL('../', import.meta.url)
const doc = readFileSync(new URL('../../docs/telemetry.md', root), 'utf8')
const echo = definePipeline({ inputs: { said: anything }, nodes: { p: { type: pass, in: { input: 'said' } } } })

t.test('the code of docs/telemetry.md is the code that is compiled and run here', async (t) => {
  const blocks = [...doc.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
  const files = ['scrape', 'listen', 'logged', 'traced']
  t.same(
    blocks,
    files.map((name) => readFileSync(new URL(`test/docs/${name}.ts`, root), 'utf8')),
  )
})

t.test('its tables name every metric and every channel, and no other', async (t) => {
  const rows = [...doc.matchAll(/^\| `anabranch_(\w+)` \| (\w+) \|.*\| (.*) \|$/gm)]
  t.same(
    rows.map(([, name, type, help]) => [name, type, help]),
    FAMILIES.map(({ name, type, help }) => [name, type, help]),
  )
  t.same(
    [...doc.matchAll(/^\| `(anabranch:[\w:-]+)`/gm)].map(([, name]) => name),
    Object.values(CHANNELS).map(({ name }) => name),
  )
})

scenario('docs/telemetry.md: a server that is scraped', async (t, stage) => {
  const executor = await stage.executor(echo)
  await executor.execute({ said: 'hello' })
  const server = metricsServer(executor, 0)
  await new Promise((resolve) => server.once('listening', resolve))
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const scraped = await fetch(`${at}/metrics`, { headers: { connection: 'close' } })
    t.match(scraped.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
    t.match(await scraped.text(), /^anabranch_node_taken_total\{service="captions",pipeline="pipeline",node="p"\} 1$/m)
    t.equal((await fetch(at, { headers: { connection: 'close' } })).status, 404)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

scenario('docs/telemetry.md: drops are told, until nobody listens', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        from: { type: quickSource(() => upTo(5)) },
        w: {
          type: mapNode('Wait', async (n) => n),
          in: { input: { from: 'from.output', policy: 'drop-newest', max: 1 } },
        },
      },
    }),
  )
  const told: string[] = []
  const stop = onDrop((edge, reason) => told.push(`${edge}: ${reason}`))
  await executor.execute()
  stop()
  const { length } = told
  t.ok(length > 0)
  t.same([...new Set(told)], ['from.output -> w.input: overflow'])
  await executor.execute()
  t.equal(told.length, length)
})

scenario('docs/telemetry.md: log lines, and a run as a part of a trace', async (t) => {
  const lines: string[] = []
  const sad = definePipeline({
    inputs: { said: anything },
    nodes: {
      s: {
        type: mapNode('Sad', () => {
          throw new Error('no')
        }),
        on_error: 'skip',
        in: { input: 'said' },
      },
    },
  })
  const executor = await loggedExecutor(sad as unknown as Pipeline, (line) => lines.push(line))
  await executor.execute({ said: 'x' })
  await executor.close()
  t.match(
    lines.map((line) => JSON.parse(line)),
    [{ pipeline: 'pipeline', node: 's', session: /^[0-9a-f-]{36}$/, err: { code: 'ANB_NODE_EXECUTION' } }],
  )
  const { tracer, spans } = recordingTracer()
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
  try {
    const results = await traced(
      echo as unknown as Pipeline,
      { said: 'hi' },
      `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    )
    t.equal(results.get('p.output'), 'hi')
    t.equal(spans[1]?.parent?.spanId, 'b'.repeat(16))
  } finally {
    trace.disable()
    context.disable()
  }
})
