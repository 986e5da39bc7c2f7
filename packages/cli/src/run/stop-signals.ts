import type { Io } from '../io.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What being told to stop does: the first time, and the second. After that the process ends at once. */
export interface OnStop {
  drain(signal: string): void
  giveUp(): void
}

/** Listens to signals until the function that it gives is called. */
export function onStopSignals({ signals }: Io, { drain, giveUp }: OnStop): () => void {
  if (signals === undefined) return () => undefined
  let count = 0
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      count++
      if (count === 1) drain(signal)
      else if (count === 2) giveUp()
      else signals.exit()
    }
    signals.on(signal, listener)
    return [signal, listener] as const
  })
  return () => {
    for (const [signal, listener] of listeners) signals.off(signal, listener)
  }
}
