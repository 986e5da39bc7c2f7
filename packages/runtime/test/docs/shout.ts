import { createReadStream, createWriteStream } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { defineNode, text } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, duplex, fromReadable, toWritable } from '@anabranch/runtime'

const shout = defineNode({
  type: 'ShoutNode',
  summary: 'Says it louder.',
  purity: 'pure',
  inputs: { input: text },
  outputs: { output: text },
  create: () => ({ execute: ({ input }) => ({ output: input.toUpperCase() }) }),
})

/** A file at each end of a graph. */
export async function shoutFile(from: string, to: string) {
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        read: { type: fromReadable({ type: 'ReadFile', output: text }, () => createReadStream(from)) },
        shout: { type: shout, in: { input: 'read.output' } },
        write: { type: toWritable('WriteFile', () => createWriteStream(to)), in: { input: 'shout.output' } },
      },
    }),
  )
  const { ledger } = await executor.execute()
  await executor.close()
  return ledger
}

/** A whole graph between two streams, with somebody who looks on. */
export async function shoutThrough(from: Readable, to: Writable, onlooker: (said: string) => void) {
  const executor = await createExecutor(
    definePipeline({
      inputs: { said: text },
      nodes: { shout: { type: shout, in: { input: 'said' } } },
    }),
  )
  const session = await executor.open()
  session.tap('shout.output').subscribe(onlooker)
  const through = duplex(session, { input: 'said', output: 'shout.output', write: (said) => `${said}!` })
  await pipeline(from, through, to)
  await executor.close()
  return session.ledger()
}
