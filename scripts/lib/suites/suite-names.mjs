// @ts-check

/** In the order in which they run. */
export const suiteNames = /** @type {const} */ (['typescript', 'rust', 'python', 'end to end'])

/** @typedef {typeof suiteNames[number]} SuiteName */

/**
 * @param {string} text `end-to-end` and `e2e` are the same as `end to end`
 * @returns {SuiteName | undefined}
 */
export function suiteNamed(text) {
  const name = text === 'e2e' ? 'end to end' : text.replaceAll('-', ' ')
  return suiteNames.find((each) => each === name)
}
