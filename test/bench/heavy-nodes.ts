import { defineNode, definePlugin, number } from '@anabranch/plugin-sdk'

/** How many primes are below `limit`: work of some milliseconds that does nothing but count. */
export function primesBelow(limit: number): number {
  let primes = 0
  for (let n = 2; n < limit; n++) {
    let factor = 2
    while (factor * factor <= n && n % factor !== 0) factor++
    if (factor * factor > n) primes++
  }
  return primes
}

const heavy = (type: string) =>
  defineNode({
    type,
    summary: 'Counts the primes below a number.',
    purity: 'pure',
    heavy: true,
    inputs: { input: number },
    outputs: { output: number },
    create: () => ({ execute: ({ input }) => ({ output: primesBelow(input) }) }),
  })

export const left = heavy('Left')
export const right = heavy('Right')

/** The nodes of `branches_thread`, which its threads import from here. */
export default definePlugin({ name: 'heavy-nodes', apiVersion: 1, nodes: [left, right] })
