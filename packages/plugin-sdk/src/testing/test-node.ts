import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { NodeFactory, NodeRef } from '../contract/node-spec.ts'
import { NotAvailableError } from '../errors/classes.ts'
import type { Inputs, InputsOf, Outputs, OutputsOf } from '../ports.ts'
import type { Values } from '../values.ts'
import type { Rule } from './rule.ts'
import { RULES } from './rules.ts'
import { assertSame, runSubject, type Subject } from './subject.ts'

/** Whatever runs named tests: node:test, tap, vitest. */
export interface TestRunner {
  test(name: string, run: () => Promise<void>): unknown
}

/** What a node is given, and what it must give for it: the outputs of all sets and of flush, in order. */
export interface NodeCase<S extends Schema, I extends Inputs, O extends Outputs> {
  readonly name?: string
  readonly params?: Schema.InferInput<S>
  readonly inputs: readonly Partial<InputsOf<I>>[]
  /** Audio is compared sample by sample, to 1e-6 of full scale. Left out: it must only run. */
  readonly outputs?: readonly OutputsOf<O>[]
}

/**
 * The conformance suite that every node passes, in whatever language it is written: one named test for each rule of
 * contract/contract.md that says anything of the node, for each case. An effectful node is run as seldom as possible.
 *
 * @throws NotAvailableError for a node that is only described here.
 */
export function testNode<S extends Schema, I extends Inputs, O extends Outputs>(
  t: TestRunner,
  node: NodeRef<string, S, I, O>,
  cases: readonly NodeCase<S, I, O>[],
): void {
  const { type } = node.spec
  if (typeof (node as Partial<NodeFactory>).create !== 'function')
    throw new NotAvailableError(`"${type}" is only described here, so it cannot be tested`, {
      fix: 'test what its plugin offers',
    })
  for (const [n, { name = `case ${n + 1}`, params, inputs, outputs }] of cases.entries()) {
    const subject: Subject = { node, params, inputs: inputs as readonly Values[] }
    t.test(`${type}, ${name}: gives what is expected`, async () => {
      const actual = await runSubject(subject)
      if (outputs !== undefined) assertSame(actual, outputs as readonly Values[], name)
    })
    for (const rule of RULES)
      if (says(rule, subject)) t.test(`${type}, ${name}: ${rule.id} ${rule.title}`, () => rule.check(subject))
  }
}

/** A node that cannot even be made meets every rule, so that each of its tests says why it fails. */
function says(rule: Rule, subject: Subject): boolean {
  try {
    return rule.applies?.(subject) ?? true
  } catch {
    return true
  }
}
