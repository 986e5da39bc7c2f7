/** Whether the n-th of many is measured: every one while they are few, one of 64 at high rates. */
export function sampled(n: number): boolean {
  // In this order both sides are known from the start: the other way, code compiled early is thrown away at 4,097.
  return (n & 63) === 0 || n <= 4096
}
