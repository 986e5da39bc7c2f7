import { accountedFor, createExecutor } from '@anabranch/runtime'
import type { Example } from './example.ts'
import { badDays } from './pipelines/bad-days.ts'
import { cleanRows } from './pipelines/clean-rows.ts'
import { nats } from './pipelines/nats.ts'
import { serverEvents } from './pipelines/server-events.ts'
import { sideBySide } from './pipelines/side-by-side.ts'
import { standardStreams } from './pipelines/standard-streams.ts'
import { ticks } from './pipelines/ticks.ts'
import { webSocket } from './pipelines/web-socket.ts'
import { windows } from './pipelines/windows.ts'

const examples: Readonly<Record<string, (...args: string[]) => Example | Promise<Example>>> = {
  'clean-rows': cleanRows,
  ticks,
  windows,
  'side-by-side': sideBySide,
  'bad-days': badDays,
  'standard-streams': standardStreams,
  'server-events': serverEvents,
  'web-socket': webSocket,
  nats,
}

const [name = '', ...args] = process.argv.slice(2)
const make = Object.hasOwn(examples, name) ? examples[name] : undefined
if (make === undefined) {
  process.stderr.write(`Name one of ${Object.keys(examples).join(', ')}.\n`)
  process.exitCode = 2
} else {
  process.exitCode = await run(await make(...args))
}

/** Prints what the pipeline gives, and then what became of every item. */
async function run({ pipeline, close }: Example): Promise<number> {
  const executor = await createExecutor(pipeline)
  try {
    const session = await executor.open()
    session.outputs.subscribe({
      next: ({ value }) => process.stdout.write(`${JSON.stringify(value)}\n`),
      error: () => undefined, // It is what end() rejects with.
    })
    const ledger = await session.end()
    process.stderr.write(`${accountedFor(ledger)}\n${JSON.stringify(ledger)}\n`)
    return ledger.balanced ? 0 : 1
  } finally {
    await executor.close()
    await close?.()
  }
}
