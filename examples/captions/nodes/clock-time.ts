/** A media time as captions have it: 00:01:02.500, with a comma before the milliseconds in SubRip. */
export function clockTime(ms: number, point: '.' | ','): string {
  const whole = Math.round(ms)
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  const rest = String(whole % 1000).padStart(3, '0')
  return `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${two((whole / 1000) % 60)}${point}${rest}`
}
