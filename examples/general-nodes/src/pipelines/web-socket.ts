import { definePipeline } from '@anabranch/runtime'
import { timerSource, webSocketSink, webSocketSource } from '@anabranch/runtime/nodes'
import type { Example } from '../example.ts'
import { echoServer } from '../servers/echo-server.ts'

/** Ten ticks to a server, and from there back. */
export async function webSocket(): Promise<Example> {
  const { url, close } = await echoServer(10)
  const pipeline = definePipeline({
    nodes: {
      tick: { type: timerSource, params: { interval_ms: 5, count: 10 } },
      there: { type: webSocketSink, params: { url: `${url}/in`, allow_private: true }, in: { input: 'tick.output' } },
      back: { type: webSocketSource, params: { url: `${url}/out`, allow_private: true } },
    },
  })
  return { pipeline, close }
}
