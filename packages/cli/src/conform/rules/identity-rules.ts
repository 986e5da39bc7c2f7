import { type Issue, isAnabranchError } from '@anabranch/plugin-sdk'
import { checkForm, checkSpec, LIMITS } from '@anabranch/plugin-sdk/host'
import { jsonSchemaOf } from '@anabranch/runtime'
import type { Lab } from '../lab.ts'
import type { Rule } from '../rule.ts'

/** What a node says it is: nothing runs. */
export const IDENTITY_RULES: readonly Rule[] = [
  { id: 'C1', title: 'has a type of letters, digits and _', check: rightType },
  { id: 'C2', title: 'names its runtime', check: rightRuntime },
  { id: 'C3', title: 'says the type and keys of its spec', check: sameIdentity },
  { id: 'C4', title: 'does nothing when it is imported', check: (lab) => lab.unseen('C4') },
  { id: 'C5', title: 'has keys that are names, and no more than may be', check: rightKeys },
  { id: 'C11', title: 'has exactly one form', check: (lab) => told(lab, () => checkForm(lab.spec, lab.body)) },
  { id: 'C24', title: 'says of its form what can be said of it', check: (lab) => told(lab, () => checkSpec(lab.spec)) },
  { id: 'C54', title: 'refuses an unknown param with ANB_PARAMS', check: unknownParam },
  {
    id: 'C55',
    title: 'is made with the defaults of its params',
    silent: defaultless,
    check: (lab) => void lab.create({}),
  },
]

function rightType(lab: Lab): void {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(lab.spec.type)) throw lab.broken(`its type is "${lab.spec.type}"`)
}

function rightRuntime(lab: Lab): void {
  const { runtime } = lab.create()
  if (runtime !== lab.order.runtime)
    throw lab.broken(`it says runtime "${runtime}", its factory "${lab.order.runtime}"`)
}

function sameIdentity(lab: Lab): void {
  const { spec } = lab
  const made = lab.create()
  if (made.nodeType !== spec.type) throw lab.broken(`the made node says "${made.nodeType}", its spec "${spec.type}"`)
  for (const [what, keys, ports] of [
    ['inputKeys', made.inputKeys, spec.inputs],
    ['outputKeys', made.outputKeys, spec.outputs],
  ] as const) {
    const declared = Object.keys(ports ?? {})
    if (keys !== undefined && [...keys].sort().join() !== declared.toSorted().join())
      throw lab.broken(
        `the made node says ${what} ${keys.join(', ') || 'none'}, its spec ${declared.join(', ') || 'none'}`,
      )
  }
}

function rightKeys(lab: Lab): void {
  for (const ports of [lab.spec.inputs ?? {}, lab.spec.outputs ?? {}]) {
    const keys = Object.keys(ports)
    const odd = keys.find((key) => !/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(key) || ['then', 'prototype'].includes(key))
    if (odd !== undefined) throw lab.broken(`"${odd}" is no key`)
    if (keys.length > LIMITS.keys_per_node)
      throw lab.broken(`it has ${keys.length} keys; ${LIMITS.keys_per_node} may be`)
  }
}

function told(lab: Lab, check: () => void): void {
  try {
    check()
  } catch (error) {
    throw lab.broken((error as Error).message)
  }
}

const UNKNOWN = 'no_such_param'

function unknownParam(lab: Lab): void {
  try {
    lab.create({ ...lab.order.params, [UNKNOWN]: 1 })
  } catch (error) {
    if (!isAnabranchError(error) || error.code !== 'ANB_PARAMS')
      throw lab.broken(
        `it refused the param "${UNKNOWN}" by ${(error as { code?: string }).code ?? error}, not ANB_PARAMS`,
      )
    const paths = (error as unknown as { issues: readonly Issue[] }).issues.map(({ path }) => path)
    if (!paths.includes(UNKNOWN)) throw lab.broken(`its issues name ${paths.join(', ') || 'nothing'}, not ${UNKNOWN}`)
    return
  }
  // A schema that takes any key, or cannot say which, has nothing to refuse.
  const schema = lab.spec.params === undefined ? { properties: {} } : jsonSchemaOf(lab.spec.params)
  const open = schema === undefined || schema.properties === undefined || schema.additionalProperties === true
  if (!open) throw lab.broken(`it took the param "${UNKNOWN}"`)
}

function defaultless({ spec, order }: Lab): string | undefined {
  const schema = spec.params === undefined ? undefined : jsonSchemaOf(spec.params)
  const required = (schema?.required ?? []) as readonly string[]
  if (schema === undefined) return 'it has no params'
  const missing = required.filter(
    (name) => (schema.properties as Record<string, { default?: unknown }>)?.[name]?.default === undefined,
  )
  return missing.length > 0 || Object.keys(order.params).length > 0 ? 'it has params that must be given' : undefined
}
