import { AudioBuffer } from '@anabranch/plugin-sdk'
import type { Lab } from '../lab.ts'
import type { Rule } from '../rule.ts'
import type { TrialNode, TrialOutput } from '../trial.ts'

/** How far the samples of twins may lie apart: −80 dB of full scale. */
const TOLERANCE = 1e-4

/** Nodes that stand in for each other. */
export const TWIN_RULES: readonly Rule[] = [
  {
    id: 'C72',
    title: 'gives what its twin gives',
    silent: (lab) => (lab.twin === null ? 'no twin was named: --against TYPE' : undefined),
    check: likeTwin,
  },
]

async function likeTwin(lab: Lab): Promise<void> {
  const twin = lab.twin as TrialNode
  const name = `${twin.type} in ${twin.runtime}`
  const other = twin.plugin.nodes.find(({ spec, runtime }) => spec.type === twin.type && runtime === twin.runtime)?.spec
  for (const side of ['inputs', 'outputs'] as const) {
    const [own, its] = [lab.spec, other].map((spec) =>
      Object.keys(spec?.[side] ?? {})
        .sort()
        .join(', '),
    )
    if (own !== its) throw lab.broken(`its ${side} are ${own || 'none'}, those of ${name} ${its || 'none'}`)
  }
  const one = await lab.plain()
  const two = await lab.run({}, twin)
  if (one.failures.length !== two.failures.length)
    throw lab.broken(`${one.failures.length} sets failed, at ${name} ${two.failures.length}`)
  for (const key of Object.keys(lab.spec.outputs ?? {})) {
    const [own, its] = [one, two].map(({ outputs }) => outputs.filter((each) => each.key === key)) as [
      TrialOutput[],
      TrialOutput[],
    ]
    if (own.length !== its.length) throw lab.broken(`"${key}": ${own.length} outputs, at ${name} ${its.length}`)
    const at = own.findIndex((output, n) => !alike(output.value[key], its[n]?.value[key]))
    if (at >= 0) throw lab.broken(`"${key}": output ${at} is not that of ${name}`)
  }
}

function alike(a: unknown, b: unknown): boolean {
  if (a instanceof AudioBuffer && b instanceof AudioBuffer)
    return (
      a.sampleRate === b.sampleRate &&
      a.channels === b.channels &&
      a.samples.length === b.samples.length &&
      a.samples.every((sample, n) => Math.abs(sample - (b.samples[n] as number)) <= TOLERANCE)
    )
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= TOLERANCE
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b)
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => alike((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
}
