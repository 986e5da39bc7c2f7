// @ts-check
/** @typedef {import('./count-tap.mjs').Counts} Counts */

const startOfTarget = /^\s+(?:Running |Doc-tests )(.+)$/
const resultOfTest = /^test (.+?) \.\.\. (ok|FAILED|ignored)/
const resultOfTarget = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/
const startOfOutput = /^---- (.+) stdout ----$/
const endOfOutputs = /^failures:$/

/**
 * Counts the tests of `cargo test`. An ignored test counts as failed, and so does a test program that ended without
 * its result line, as it does when it is killed.
 * @param {string} text both outputs of `cargo test`, in one
 * @returns {Counts}
 */
export function countCargo(text) {
  /** @type {Counts} */
  const counts = { passed: 0, failures: [] }
  /** @type {Map<string, string[]>} */
  const outputs = new Map()
  /** @type {string[]} */
  let undone = []
  /** @type {string | undefined} */
  let target
  /** @type {string[] | undefined} */
  let output

  const lost = () => {
    if (target !== undefined) counts.failures.push({ name: target, output: 'It ended without a result.' })
  }

  for (const line of text.split('\n')) {
    const started = startOfTarget.exec(line)
    const closed = resultOfTarget.exec(line)
    const titled = startOfOutput.exec(line)
    if (started) {
      lost()
      target = started[1]
      undone = []
      output = undefined
    } else if (closed) {
      counts.passed += Number(closed[1])
      for (const name of undone)
        counts.failures.push({ name, output: outputs.get(name)?.join('\n').trim() || 'ignored' })
      const named = undone.length
      const total = Number(closed[2]) + Number(closed[3])
      for (let i = named; i < total; i += 1) counts.failures.push({ name: `${target}: a test`, output: 'failed' })
      target = undefined
      output = undefined
      outputs.clear()
    } else if (titled) {
      output = []
      outputs.set(titled[1] ?? '', output)
    } else if (endOfOutputs.test(line)) {
      output = undefined
    } else if (output) {
      output.push(line)
    } else {
      const [, name = '', result] = resultOfTest.exec(line) ?? []
      if (result && result !== 'ok') undone.push(name)
    }
  }
  lost()
  return counts
}
