/** Where a rule is explained. */
export function pageOf(rule: string): string {
  return `docs/conformance.md#${rule.toLowerCase()}`
}
