// @ts-check
/** @typedef {import('./count-tap.mjs').Counts} Counts */

const testCase = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g
const outcome = /<(failure|error|skipped)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/

/** @type {Record<string, string>} */
const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

/** @param {string} text */
function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return entities[name] ?? whole
    return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal))
  })
}

/** @param {string} attributes @param {string} name */
const attribute = (attributes, name) => decode(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')

/**
 * Counts the tests of a JUnit report, as pytest writes it. A skipped or expected failure counts as failed.
 * @param {string} xml
 * @returns {Counts}
 */
export function countJunit(xml) {
  /** @type {Counts} */
  const counts = { passed: 0, failures: [] }
  for (const [, attributes = '', body = ''] of xml.matchAll(testCase)) {
    const found = outcome.exec(body)
    if (!found) {
      counts.passed += 1
      continue
    }
    const [, kind, more = '', text = ''] = found
    const name = [attribute(attributes, 'classname'), attribute(attributes, 'name')].filter(Boolean).join(' › ')
    const said = kind === 'skipped' ? `skipped: ${attribute(more, 'message')}` : decode(text).trim()
    counts.failures.push({ name, output: said || attribute(more, 'message') })
  }
  return counts
}
