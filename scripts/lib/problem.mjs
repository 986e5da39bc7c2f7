// @ts-check
/** What went wrong in one line, and what to do about it; the tail of a command's output may follow. */
export class Problem extends Error {
  /** @param {string} what @param {{ fix?: string, output?: string }} [more] */
  constructor(what, { fix = '', output = '' } = {}) {
    super(what)
    this.fix = fix
    this.output = output
  }
}

/** @param {unknown} error */
export function report(error) {
  if (!(error instanceof Problem)) {
    const place = process.env.DEBUG ? `\n${/** @type {Error} */ (error).stack}` : '; DEBUG=1 tells where'
    process.stderr.write(`\nA fault in this script: ${/** @type {Error} */ (error).message}${place}\n`)
    return
  }
  const tail = error.output.trimEnd().split('\n').slice(-40).join('\n')
  if (tail) process.stderr.write(`\n${tail}\n`)
  process.stderr.write(`\n${error.message}${error.fix ? `\n  ${error.fix}` : ''}\n`)
}

/**
 * Runs a script's main function: a Problem is told and ends with exit code 1.
 * @param {() => Promise<number | undefined | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    report(error)
    process.exitCode = 1
  }
}
