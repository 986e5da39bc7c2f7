declare module 'fft.js' {
  /** Of a size that is a power of two. Complex numbers lie as pairs. */
  export default class FFT {
    constructor(size: number)
    createComplexArray(): number[]
    /** Fills the first half of `out`: the spectrum of real samples. */
    realTransform(out: number[], samples: readonly number[]): void
  }
}
