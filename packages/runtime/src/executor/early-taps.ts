import type { EngineSession } from './session.ts'

/** Onlookers by `node.key`. */
export type EarlyTaps = Readonly<Record<string, (value: unknown) => void>>

/**
 * Puts onlookers in place before the first item: a session runs its first turn after whoever made it has gone on.
 *
 * @throws NodeNotFoundError for an output that is not there; the session is cancelled then.
 */
export function lookOn(session: EngineSession, taps: EarlyTaps): void {
  try {
    for (const [ref, look] of Object.entries(taps)) session.tap(ref).subscribe(look)
  } catch (error) {
    void session.cancel('an onlooker asked for an output that is not there')
    throw error
  }
}
