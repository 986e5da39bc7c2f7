/** `0:27.5`, `12:05`, `1:02:03`. */
export function clockTime(ms: number): string {
  const tenths = Math.round(ms / 100)
  const seconds = Math.floor(tenths / 10)
  const two = (n: number) => String(n).padStart(2, '0')
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const minutes = Math.floor(seconds / 60)
  return minutes >= 10 ? `${minutes}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}.${tenths % 10}`
}

/** `12 µs`, `3.4 ms`, `1.2 s`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`
  if (ms < 1000) return `${figure(ms)} ms`
  return ms < 600_000 ? `${figure(ms / 1000)} s` : clockTime(ms)
}

/** At most three digits. */
const figure = (n: number) => (n >= 100 ? n.toFixed(0) : n >= 10 ? n.toFixed(1) : n.toFixed(2))
