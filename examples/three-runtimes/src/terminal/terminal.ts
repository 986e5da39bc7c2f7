/** How a stream can show text. */
export interface Terminal {
  /** Lines can be written over: it is a terminal. */
  readonly live: boolean
  readonly columns: number
  readonly paint: Paint
  write(text: string): void
}

export type Paint = Readonly<Record<keyof typeof STYLES, (text: string) => string>>

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
} as const

/** Colours only in a terminal, and never where NO_COLOR is set. */
export function terminalOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Terminal {
  const live = Boolean(stream.isTTY) && env.TERM !== 'dumb'
  const coloured = live && !env.NO_COLOR
  const style =
    ([on, off]: readonly [number, number]) =>
    (text: string) =>
      coloured ? `\x1b[${on}m${text}\x1b[${off}m` : text
  const paint = Object.fromEntries(Object.entries(STYLES).map(([name, codes]) => [name, style(codes)])) as Paint
  // A reader that went away, as `head` does, is no reason to stop.
  stream.on('error', () => undefined)
  return { live, columns: stream.columns ?? 80, paint, write: (text) => void stream.write(text) }
}
