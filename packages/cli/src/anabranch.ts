import { CommanderError } from 'commander'
import { EXIT } from './exit-code.ts'
import type { Io } from './io.ts'
import { makeProgram } from './program.ts'

/** Runs one command line and gives its exit code. What a user did wrong is told, and never thrown. */
export async function anabranch(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok
  const program = makeProgram(io, (ended) => {
    code = ended
  })
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      const { reportError } = await import('./report-error.ts')
      return reportError(error, io)
    }
    if (error.exitCode === 0) return EXIT.ok
    // What commander refuses itself, it has told already.
    if (error.code === 'anabranch.usage') io.stderr.write(`${error.message}\n`)
    return EXIT.usage
  }
}
