import { CommanderError } from 'commander'
import { EXIT } from './exit-code.ts'

/** A command line that is understood word by word, and makes no sense as a whole. */
export function usageError(message: string, fix: string): CommanderError {
  return new CommanderError(EXIT.usage, 'anabranch.usage', `anabranch: ${message}\n  fix: ${fix}`)
}
