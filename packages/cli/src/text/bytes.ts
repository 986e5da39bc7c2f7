const UNITS = ['bytes', 'KiB', 'MiB', 'GiB']

/** "512 bytes", "1.5 MiB". */
export function bytes(n: number): string {
  let unit = 0
  let value = n
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${UNITS[unit]}`
}
