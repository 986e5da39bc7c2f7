import pc from 'picocolors'
import type { Io, Out } from '../io.ts'

export type Paint = ReturnType<typeof pc.createColors>

/** Colours in a terminal alone, never where NO_COLOR is set; FORCE_COLOR has them everywhere. */
export function paintFor(stream: Out, env: Io['env']): Paint {
  const wanted = Boolean(env.FORCE_COLOR) || (stream.isTTY === true && env.TERM !== 'dumb')
  return pc.createColors(wanted && !env.NO_COLOR)
}
