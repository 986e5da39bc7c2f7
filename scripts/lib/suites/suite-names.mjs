// @ts-check

/** In the order in which they run. */
export const suiteNames = /** @type {const} */ (['typescript', 'rust', 'python', 'end to end'])

/** A part of the first and the last, for another version of Node.js. */
export const smoke = /** @type {const} */ ('smoke')

/** @typedef {typeof suiteNames[number] | typeof smoke} SuiteName */

/**
 * @param {string} text `end-to-end` and `e2e` are the same as `end to end`
 * @returns {SuiteName | undefined}
 */
export function suiteNamed(text) {
  const name = text === 'e2e' ? 'end to end' : text.replaceAll('-', ' ')
  return [...suiteNames, smoke].find((each) => each === name)
}
