const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

export const decibels = (value: number) => 20 * Math.log10(value)

/** Loudness over time as a row of bars; `total` frames fill `width`, what is not there yet is missing. */
export function wave(frames: readonly number[], total: number, width: number): string {
  const shown = Math.floor((width * frames.length) / total)
  return Array.from({ length: shown }, (_, column) => {
    const from = Math.floor((column * total) / width)
    const part = frames.slice(from, Math.max(from + 1, Math.floor(((column + 1) * total) / width)))
    const mean = part.reduce((sum, level) => sum + level, 0) / part.length
    // The root lifts quiet parts, as the ear does.
    return BARS[Math.min(BARS.length - 1, Math.floor(Math.sqrt(mean) * BARS.length))]
  }).join('')
}
