import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import type { OperatorFunction } from 'rxjs'
import type { NodeRef } from './contract/node-spec.ts'
import { PluginError } from './errors/classes.ts'
import { inputRecords } from './input-records.ts'
import { makeBody } from './make-body.ts'
import { nodeStream } from './node-stream.ts'
import type { Inputs, InputsOf, Outputs, OutputsOf, RequiredKeys, ValueOf } from './ports.ts'
import type { RecordBody } from './record-body.ts'
import { rxjs } from './rxjs.ts'
import type { Values } from './values.ts'

type IsOne<K, U = K> = (K extends U ? ([U] extends [K] ? true : false) : never) extends true ? true : false
type Bare<P, R> = IsOne<RequiredKeys<P>> extends true ? ValueOf<P[RequiredKeys<P>]> : R

/** Params may be left out where all have defaults. */
export type ParamsArgs<S extends Schema> =
  {} extends Schema.InferInput<S> ? [params?: Schema.InferInput<S>] : [params: Schema.InferInput<S>]

/**
 * A node as an operator in anybody's RxJS code. Bare values where exactly one input (or output) is required, records
 * otherwise. Each subscription makes, prepares and cleans up a node of its own; input sets are worked on one at a time,
 * in order, and flush runs when the input completes. Control inputs hold their last value; alone they trigger nothing.
 *
 * RxJS has no backpressure: while a node prepares or works, what arrives waits in memory. A graph bounds that.
 *
 * An error of the node is coded and names its type. An error of the source passes as it is.
 *
 * @throws InvalidParamsError at once; NotAvailableError for a node that is only described here; PluginError for a source
 * and for the stream form.
 */
export function nodeOperator<S extends Schema, I extends Inputs, O extends Outputs>(
  node: NodeRef<string, S, I, O>,
  ...params: ParamsArgs<S>
): OperatorFunction<Bare<I, Partial<InputsOf<I>>>, Bare<O, OutputsOf<O>>> {
  const { spec } = node
  const create = () => createBody(node, params[0])
  create() // Wrong params are the caller's error, not the stream's.
  const toGiven = givenOf(spec.inputs ?? {})
  const fromRecord = bareOf(spec.outputs ?? {})
  const operator: OperatorFunction<unknown, unknown> = (source) =>
    rxjs().defer(() => {
      const records = inputRecords(spec)
      const toRecord = (value: unknown) => records(toGiven(value))
      return nodeStream(spec.type, create(), source, toRecord).pipe(rxjs().concatMap(fromRecord))
    })
  return operator as ReturnType<typeof nodeOperator<S, I, O>>
}

function createBody(node: NodeRef, params: unknown): RecordBody {
  const body = makeBody(node, params)
  if (body.execute !== undefined || body.operator !== undefined) return body
  const { type } = node.spec
  throw new PluginError(`"${type}" is a source or has the stream form; nodeOperator takes execute and operator`, {
    nodeId: type,
    fix: 'put it into a pipeline',
  })
}

/** What the caller emits, as a record. */
function givenOf(inputs: Inputs): (value: unknown) => Values {
  const required = Object.entries(inputs).filter(([, port]) => port.mode === 'required')
  const only = required.length === 1 ? required[0]?.[0] : undefined
  return only === undefined ? (value) => value as Values : (value) => ({ [only]: value as Values[string] })
}

function bareOf(outputs: Outputs): (record: Values) => Iterable<unknown> {
  const [only, ...more] = Object.keys(outputs)
  if (only === undefined || more.length > 0) return (record) => [record]
  return (record) => (record[only] === undefined ? [] : [record[only]])
}
