/** "12,345": as toLocaleString says it, without the tables of all languages, which take 20 ms to load. */
export function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
}
