import type { Caption, HeardCaption } from './caption.ts'

/** What LevelNode says of a window. */
export interface Level {
  readonly start_ms: number
  readonly end_ms: number
  readonly rms_db: number
  readonly peak_db: number
}

/** What SpectrumNode says of a window: the power in bands of equal width on a logarithmic scale. */
export interface Bands {
  readonly start_ms: number
  readonly end_ms: number
  readonly bands_db: readonly number[]
}

/** Where the lowest band of a spectrum begins, and the highest ends. */
export interface Range {
  readonly min_hz: number
  readonly max_hz: number
}

/** Joins to a caption what was measured while it was said. */
export function soundOf(
  caption: Caption,
  levels: readonly Level[],
  spectra: readonly Bands[],
  range: Range,
): HeardCaption {
  const during = ({ start_ms, end_ms }: { start_ms: number; end_ms: number }) =>
    start_ms < caption.end_ms && end_ms > caption.start_ms
  const heard = levels.filter(during)
  const powers = heard.map(({ rms_db }) => powerOf(rms_db))
  return {
    ...caption,
    rms_db: heard.length === 0 ? null : rounded(10 * Math.log10(sum(powers) / heard.length)),
    peak_db: heard.length === 0 ? null : Math.max(...heard.map(({ peak_db }) => peak_db)),
    centre_hz: centreOf(spectra.filter(during), range),
  }
}

function centreOf(spectra: readonly Bands[], { min_hz, max_hz }: Range): number | null {
  let weighed = 0
  let power = 0
  for (const { bands_db } of spectra)
    for (const [band, db] of bands_db.entries()) {
      const middle = min_hz * (max_hz / min_hz) ** ((band + 0.5) / bands_db.length)
      weighed += middle * powerOf(db)
      power += powerOf(db)
    }
  return power === 0 ? null : Math.round(weighed / power)
}

const powerOf = (db: number) => 10 ** (db / 10)
const sum = (list: readonly number[]) => list.reduce((all, n) => all + n, 0)
const rounded = (db: number) => Math.round(db * 100) / 100
