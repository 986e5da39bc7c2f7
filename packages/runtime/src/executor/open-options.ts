import type { OptionsOf } from '../check-options.ts'
import type { EarlyTaps } from './early-taps.ts'
import { SEND_OPTIONS, type SendOptions } from './runners/entry-runner.ts'

export interface OpenOptions {
  /** Cancels the session. */
  readonly signal?: AbortSignal
  /** Onlookers that see the first value too: what `session.tap` is for those who come later. */
  readonly taps?: EarlyTaps
}

export const OPEN_OPTIONS: OptionsOf<OpenOptions> = { signal: true, taps: true }
export const EXECUTE_OPTIONS: OptionsOf<Omit<OpenOptions, 'taps'> & SendOptions> = { signal: true, ...SEND_OPTIONS }
