import type { Io } from '../io.ts'
import type { RunView } from './run-view.ts'

/** Logs alone: for a filter between other programs, and for programs that read JSON. */
export function silentView({ stderr }: Io): RunView {
  return {
    everyMs: null,
    begin: () => undefined,
    show: () => undefined,
    say: (line) => void stderr.write(`${line}\n`),
    aside: (write) => write(),
    end: () => undefined,
  }
}
