// Copies standard input to standard output in the format that it is told, and says on standard error what became of it.
import { accountedFor, createExecutor, definePipeline } from '@anabranch/runtime'
import { stdinSource, stdoutSink } from '@anabranch/runtime/nodes'

const [format = 'lines', stopAfterMs] = process.argv.slice(2)
const params = { format: format as 'lines' | 'json' | 'bytes' }
const executor = await createExecutor(
  definePipeline({
    nodes: {
      input: { type: stdinSource, params, on_error: 'skip' },
      output: { type: stdoutSink, params, in: { input: 'input.output' } },
    },
  }),
)
const session = await executor.open()
const ledger = stopAfterMs === undefined ? await session.end() : await afterMs(Number(stopAfterMs))
await executor.close()
process.stderr.write(`${JSON.stringify({ ...ledger, said: accountedFor(ledger) })}\n`)

async function afterMs(ms: number) {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return session.close()
}
