/** "1 node", "3 nodes". */
export function count(n: number, one: string, several = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : several}`
}
