const ZEROS = new Float32Array(4096)

/** Zeroes shared memory. Copying zeros over it takes half the time of `fill`, which V8 does there sample by sample. */
export function silence(samples: Float32Array): void {
  const { length } = samples
  if (length < ZEROS.length) return void samples.fill(0)
  for (let at = 0; at < length - ZEROS.length; at += ZEROS.length) samples.set(ZEROS, at)
  samples.set(ZEROS, length - ZEROS.length)
}
