import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { OperatorFunction } from 'rxjs'
import type { Lineage, NodeSpec } from './contract/node-spec.ts'
import { type DefinedNode, defineNode, type NodeBody, type NoParams } from './define-node.ts'
import type { Plain, ValueOf } from './ports.ts'
import { rxjs } from './rxjs.ts'

/**
 * A stranger's RxJS operator as a node with one `input` and one `output`.
 *
 * Its lineage is `span` unless said otherwise: an output is made of everything taken since the last output. Say
 * `lineage: 'each'` for map, filter, scan and the like, and `timed: true` where it emits from timers or promises.
 */
export function operatorNode<const T extends string, A extends Plain, B extends Plain, S extends Schema = NoParams>(
  definition: Pick<
    NodeSpec<T, S, { input: A }, { output: B }>,
    'type' | 'summary' | 'params' | 'time' | 'timed' | 'holds' | 'maxHeld'
  > & {
    /** `derived` needs the records of `defineNode`: bare values are no identities. */
    readonly lineage?: Exclude<Lineage, 'derived'>
    readonly input: A
    readonly output: B
    operator(params: Schema.InferOutput<S>): OperatorFunction<ValueOf<A>, ValueOf<B>>
  },
): DefinedNode<T, S, { input: A }, { output: B }> {
  const { input, output, operator, ...spec } = definition
  return defineNode<T, S, { input: A }, { output: B }>({
    ...spec,
    inputs: { input },
    outputs: { output },
    create: (params) =>
      ({
        operator: () => {
          const { map, pipe } = rxjs()
          return pipe(
            map((inputs: { readonly input: ValueOf<A> }) => inputs.input),
            operator(params),
            map((value) => ({ output: value })),
          )
        },
      }) as unknown as NodeBody<{ input: A }, { output: B }>,
  })
}
