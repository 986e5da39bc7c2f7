import { checks } from '../doctor/checks.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { columns } from '../text/columns.ts'
import { paintFor } from '../text/paint.ts'
import { version } from '../version.ts'

/** Looks at what this machine has, and says what to do about what it lacks. */
export async function doctorVerb({ json }: { readonly json?: boolean }, io: Io): Promise<number> {
  const found = await checks(io.env)
  const ok = found.every(({ status }) => status !== 'fail')
  if (json) io.stdout.write(`${JSON.stringify({ ok, version: version(), checks: found })}\n`)
  else {
    const paint = paintFor(io.stdout, io.env)
    const marks = { ok: paint.green('✓'), warn: paint.yellow('!'), fail: paint.red('✗') }
    const lines = columns(found.map(({ name, found }) => [name, found]))
    const text = found.map(
      ({ status, fix }, at) => `${marks[status]} ${lines[at]}\n${fix === undefined ? '' : `    fix: ${fix}\n`}`,
    )
    io.stdout.write(`anabranch ${version()}\n${text.join('')}`)
  }
  return ok ? EXIT.ok : EXIT.failed
}
