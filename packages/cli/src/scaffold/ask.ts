import { createInterface } from 'node:readline/promises'
import type { Io } from '../io.ts'

/** Asks in a terminal; what is only confirmed is `otherwise`. Asks again for what is none of `choices`. */
export async function ask(io: Io, question: string, otherwise: string, choices: readonly string[]): Promise<string> {
  const lines = createInterface({ input: io.stdin, output: io.stderr })
  try {
    for (;;) {
      const answer = (await lines.question(`${question} (${choices.join(', ')}) [${otherwise}] `)).trim() || otherwise
      if (choices.includes(answer)) return answer
    }
  } finally {
    lines.close()
  }
}
