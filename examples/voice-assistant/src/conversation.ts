import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AudioBuffer } from '@anabranch/plugin-sdk'
import { createExecutor, loadManifest } from '@anabranch/runtime'
import { caller } from './caller.ts'

// This file is built to .build/src/.
const example = join(import.meta.dirname, '..', '..')
const recording = join(example, '..', 'captions', 'data', 'two-cities-48k.wav')

const say = (line: string) => process.stdout.write(`${line}\n`)

/** One call: what was said, what it cost, into the terminal; both sounds into the folder `out`. */
export async function conversation(out = join(example, 'out')): Promise<void> {
  mkdirSync(out, { recursive: true })
  let replies = 0
  /** How much of the reply was played, in ms; null while none is under way. */
  let played: number | null = null

  function over(): void {
    replies += 1
    played = null
  }

  const manifest = await loadManifest(join(example, 'pipeline.yaml'), { set: { out } })
  // The plugins are this example's own: no trial of their import in a process apart.
  const executor = await createExecutor(manifest, { importMs: 0 })
  const session = await executor.open({
    taps: {
      'text.text': (text: unknown) => say(`caller     ${String(text).trim()}`),
      'reply.output': (text: unknown) => {
        say(`assistant  ${text}`)
        played = 0
      },
      'speaker.done': over,
      'speaker.output': (value: unknown) => {
        if (played !== null) played += (value as AudioBuffer).durationUs / 1000
      },
    } as never,
  })
  // Nobody else reads the starts of speech.
  session.outputs.subscribe({
    next: ({ value }) => {
      if (played === null) return
      // Barge-in: what comes after the words is cut, what listens is not.
      session.interrupt({ from: ['reply'], reason: 'the caller speaks' })
      const { start_ms } = value as { start_ms: number }
      say(`           … interrupted after ${Math.round(played)} ms of sound: speech at ${start_ms} ms`)
      over()
    },
    error: () => undefined,
  })

  let sent = 0
  // Two phrases each. The second reply is not heard to its end.
  const turns = [
    { start_ms: 0, end_ms: 4830, until: () => replies === 1 },
    { start_ms: 4830, end_ms: 8540, until: () => (played ?? 0) >= 600 },
    { start_ms: 8540, end_ms: 13_150, until: () => replies === 3 },
  ]
  try {
    for await (const mic of caller(recording, turns)) {
      await session.send({ mic })
      sent += mic.length
    }
    const ledger = await session.end()
    const { nodes } = executor.metrics()
    const cancelled = Object.entries(nodes).flatMap(([id, node]) => (node.cancelled > 0 ? [id] : []))
    say(JSON.stringify({ sent, cancelled, ledger, violations: session.audit() }))
  } finally {
    await executor.close()
  }
}
