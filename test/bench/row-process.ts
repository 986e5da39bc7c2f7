import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { measure } from './measure.ts'
import type { Row, RowResult } from './row.ts'
import { loadRow } from './rows.ts'

type Message = { readonly result: RowResult } | { readonly error: string }

/** Runs a row in a process of its own, with the row's flags. */
export function runRow(row: Row, quick: boolean): Promise<RowResult> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [row.name, quick ? 'quick' : 'full'], {
      execArgv: ['--enable-source-maps', ...(row.nodeFlags ?? [])],
    })
    let message: Message | undefined
    child.on('message', (received) => {
      message = received as Message
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (message && 'result' in message) resolve(message.result)
      else reject(new Error(message?.error ?? `its process ended early (${signal ?? `exit code ${code}`})`))
    })
  })
}

async function answer(name: string, quick: boolean): Promise<Message> {
  try {
    return { result: await measure(await loadRow(name), quick) }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) {
  process.once('disconnect', () => process.exit(1))
  const [, , name = '', length] = process.argv
  process.send(await answer(name, length === 'quick'), () => process.exit(0))
}
