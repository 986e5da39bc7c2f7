import { createServer } from 'node:http'
import type { Executor } from '@anabranch/runtime'
import { prometheusText } from '@anabranch/runtime/prometheus'

/** What a Prometheus server scrapes, at http://127.0.0.1:<port>/metrics. */
export function metricsServer(executor: Pick<Executor, 'metrics'>, port: number) {
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end()
    try {
      const text = await prometheusText(executor, { labels: { service: 'captions' } })
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
    } catch {
      response.writeHead(500).end()
    }
  })
  return server.listen(port, '127.0.0.1')
}
