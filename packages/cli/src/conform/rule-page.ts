import { readFileSync } from 'node:fs'

/** Where it is told how a rule is looked at. */
export function pageOf(rule: string): string {
  return `docs/conformance.md#${rule.toLowerCase()}`
}

/** What the contract says of one rule; undefined where it has none of that number. */
export function ruleText(rule: string): string | undefined {
  const contract = new URL('../contract/contract.md', import.meta.resolve('@anabranch/plugin-sdk'))
  const text = readFileSync(contract, 'utf8')
  const [, said] = new RegExp(`^- \\*\\*${rule}\\*\\*[ †‡]*([\\s\\S]*?)(?=^- |^#|^$)`, 'm').exec(text) ?? []
  return said?.replace(/\s+/g, ' ').trim()
}
