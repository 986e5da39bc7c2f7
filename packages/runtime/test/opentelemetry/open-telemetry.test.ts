import { setImmediate as turn } from 'node:timers/promises'
import { anything } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { openTelemetry } from '@anabranch/runtime/opentelemetry'
import { emitNode, gather, mapNode, pass } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'
import { followPromises, recordingTracer } from './spans.ts'

const inputs = { mic: anything }
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

scenario('spans: one for the session, one for each execution below it', async (t, stage) => {
  const { tracer, spans } = recordingTracer()
  const traces: unknown[] = []
  const look = mapNode('Look', (value, { envelope }) => {
    traces.push(envelope.trace)
    return value
  })
  const executor = await stage.executor(
    definePipeline({
      metadata: { name: 'seen' },
      inputs,
      nodes: { a: { type: pass, in: { input: 'mic' } }, b: { type: look, in: { input: 'a.output' } } },
    }),
    { tracing: openTelemetry({ tracer }) },
  )
  const results = await executor.execute({ mic: 1 })
  t.equal(results.get('output'), 1)
  const [session, a, b] = spans
  const sessionId = stage.sessions[0]?.id
  t.match(session, {
    name: 'session seen',
    parent: undefined,
    ended: 1,
    attributes: {
      'anabranch.pipeline': 'seen',
      'anabranch.session': sessionId,
      'anabranch.accepted': 1,
      'anabranch.balanced': true,
    },
  })
  t.equal(session?.status, undefined)
  for (const [span, node] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    t.match(span, {
      name: `execute ${node}`,
      ended: 1,
      attributes: { 'anabranch.node': node, 'anabranch.session': sessionId },
    })
    t.match(span?.parent, { traceId: session?.own.traceId, spanId: session?.own.spanId, isRemote: true })
  }
  t.equal(spans.length, 3)
  t.same(traces, [`00-${session?.own.traceId}-${session?.own.spanId}-01`], 'carried by the envelope')
})

scenario('spans: what send was given is the parent, and reaches the outputs', async (t, stage) => {
  const { tracer, spans } = recordingTracer()
  const session = await stage.open(definePipeline({ inputs, nodes: { p: { type: pass, in: { input: 'mic' } } } }), {
    tracing: openTelemetry({ tracer }),
  })
  const got: unknown[] = []
  session.outputs.subscribe(({ envelope }) => got.push(envelope.trace))
  const odd = [
    '00-zz-1-01',
    `ff${TRACEPARENT.slice(2)}`,
    `${TRACEPARENT}-more`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  ]
  for (const trace of [TRACEPARENT, ...odd]) await session.send({ mic: 1 }, { trace })
  await session.end()
  t.same(got, [TRACEPARENT, ...odd])
  const [, first, ...rest] = spans
  t.match(first?.parent, { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 })
  t.equal(rest.length, 4)
  for (const span of rest) t.equal(span.parent, undefined, 'a traceparent that is none has no children')
})

scenario('spans: a failure is recorded, in whatever form it comes, and retries are one span', async (t, stage) => {
  const { tracer, spans } = recordingTracer()
  const forms = {
    sync: emitNode('Sync', () => {
      throw new Error('no')
    }),
    promise: emitNode('Promised', async () => {
      throw new Error('no')
    }),
    generator: emitNode('Generator', function* () {
      yield { output: 1 }
      throw new Error('no')
    }),
  }
  for (const type of Object.values(forms)) {
    const executor = await stage.executor(
      definePipeline({ inputs, nodes: { f: { type, on_error: 'skip', in: { input: 'mic' } } } }),
      { tracing: openTelemetry({ tracer }) },
    )
    await executor.execute({ mic: 1 })
    const [session, execution] = spans.splice(0)
    t.equal(session?.status, undefined, 'skipped: the session went well')
    t.match(execution, { ended: 1, status: { code: 2, message: 'no' }, exception: { message: 'no' } })
  }
  let calls = 0
  const again = mapNode(
    'Again',
    () => {
      if (calls++ === 0) throw new Error('no')
      return calls
    },
    { purity: 'pure' },
  )
  const executor = await stage.executor(
    definePipeline({
      inputs,
      nodes: { f: { type: again, retry: { max_retries: 1, base_ms: 0 }, in: { input: 'mic' } } },
    }),
    { tracing: openTelemetry({ tracer }) },
  )
  const done = executor.execute({ mic: 1 })
  await stage.clock.advance(1)
  t.equal((await done).get('output'), 2)
  t.match(spans, [{ ended: 1 }, { ended: 1, status: undefined }])
  spans.length = 0
  const sad = await stage.executor(
    definePipeline({ inputs, nodes: { f: { type: forms.sync, in: { input: 'mic' } } } }),
    {
      tracing: openTelemetry({ tracer }),
    },
  )
  await sad.execute({ mic: 1 }).catch(() => undefined)
  t.match(spans[0], { name: /^session/, status: { code: 2 }, exception: { code: 'ANB_NODE_EXECUTION' }, ended: 1 })
})

scenario('spans: what a node makes is below its own, also after an await', async (t, stage) => {
  const { tracer, spans } = recordingTracer()
  const stop = followPromises()
  try {
    const inner = mapNode('Inner', async (value) => {
      await turn()
      tracer.startSpan('inside').end()
      return value
    })
    const session = await stage.open(definePipeline({ inputs, nodes: { i: { type: inner, in: { input: 'mic' } } } }), {
      tracing: openTelemetry({ tracer }),
    })
    gather(session)
    await session.send({ mic: 1 })
    await session.end()
  } finally {
    stop()
  }
  const [, execution, inside] = spans
  t.equal(inside?.parent?.spanId, execution?.own.spanId)
})

scenario('spans: without an SDK nothing is recorded and nothing carried', async (t, stage) => {
  const executor = await stage.executor(
    definePipeline({ inputs, nodes: { p: { type: pass, in: { input: 'mic' } } } }),
    {
      tracing: openTelemetry(),
    },
  )
  const session = await executor.open()
  const got: unknown[] = []
  session.outputs.subscribe(({ envelope }) => got.push('trace' in envelope))
  await session.send({ mic: 1 })
  await session.end()
  await settled()
  t.same(got, [false])
})
