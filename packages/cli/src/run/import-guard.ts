import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'

/**
 * Tells where the import of a plugin ends the process, or waits forever: there is nobody left to do it then. It takes
 * the place of trying imports in a process of their own, which costs as much as the rest of a start; what loops is ended
 * by Ctrl-C.
 */
export async function whileImporting<T>(file: string, { stderr }: Io, load: () => Promise<T>): Promise<T> {
  const told = () => {
    stderr.write(
      `ANB_PLUGIN a plugin of ${file} ended the process when it was imported\n  fix: anabranch validate ${file} names it\n`,
    )
    process.exitCode = EXIT.invalid
  }
  process.once('exit', told)
  try {
    return await load()
  } finally {
    process.off('exit', told)
  }
}
