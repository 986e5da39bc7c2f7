import { definePipeline } from '@anabranch/runtime'
import { httpSource } from '@anabranch/runtime/nodes'
import type { Example } from '../example.ts'
import { eventServer } from '../servers/event-server.ts'

/** Five events over six connections, each asked for from the last one on. */
export async function serverEvents(): Promise<Example> {
  const { url, close } = await eventServer(5)
  const pipeline = definePipeline({
    nodes: {
      events: { type: httpSource, params: { url, format: 'sse', allow_private: true, base_ms: 5 } },
    },
  })
  return { pipeline, close }
}
