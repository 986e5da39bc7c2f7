import { grouped } from './grouped.ts'

/** "1 node", "3 nodes". */
export function count(n: number, one: string, several = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : several}`
}
