import { LIMITS } from './contract/limits.ts'
import type { NodeSpec } from './contract/node-spec.ts'
import { PluginError } from './errors/classes.ts'
import { nearest } from './nearest.ts'
import type { RecordBody } from './record-body.ts'

const TYPE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/
const KEY = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
const FORMS = ['execute', 'stream', 'operator', 'source'] as const
/** Record keys with a meaning of their own in JavaScript: a promise's, and what every record inherits. */
const isReserved = (key: string) => key === 'then' || key === 'prototype' || key in Object.prototype
/** Words that are one of a list; a typo in them would be taken for the default. */
const WORDS = {
  time: ['keep', 'span', 'samples', 'own'],
  join: ['zip', 'latest', 'merge', 'align'],
  late: ['drop', 'emit-alone', 'fail'],
  purity: ['pure', 'stateful', 'effectful'],
  lineage: ['each', 'span', 'derived'],
  holds: ['owned', 'explicit'],
} as const satisfies { readonly [K in keyof NodeSpec]?: readonly string[] }

/** Words that are true or false. */
const FLAGS = ['retrySafe', 'ordered', 'heavy', 'model', 'timed', 'filters'] as const

const KNOWN = {
  type: true,
  summary: true,
  params: true,
  version: true,
  inputs: true,
  outputs: true,
  time: true,
  join: true,
  trigger: true,
  toleranceMs: true,
  late: true,
  purity: true,
  retrySafe: true,
  concurrency: true,
  ordered: true,
  heavy: true,
  model: true,
  lineage: true,
  timed: true,
  holds: true,
  maxHeld: true,
  filters: true,
} as const satisfies { readonly [K in keyof Required<NodeSpec>]: true }

/** Refuses a spec that contradicts itself. Every sentence names the node type and the fix. @throws PluginError */
export function checkSpec(spec: NodeSpec): void {
  const refuse = (what: string, fix: string): never => {
    throw new PluginError(`node type "${spec.type}": ${what}`, { fix })
  }
  if (typeof spec.type !== 'string' || !TYPE.test(spec.type))
    refuse('the name is not valid', 'use a letter, then letters, digits or "_", at most 64')
  if (typeof spec.summary !== 'string' || spec.summary.trim() === '')
    refuse('it has no summary', 'say in one sentence what it does')
  for (const word of Object.keys(spec))
    if (!Object.hasOwn(KNOWN, word)) {
      const [near] = nearest(word, Object.keys(KNOWN))
      refuse(
        `unknown word "${word}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
        near === undefined ? 'leave it out' : `write "${near}"`,
      )
    }
  const { version = 1 } = spec
  if (!Number.isInteger(version) || version < 1) refuse(`version ${shown(version)}`, 'use a whole number from 1')
  const inputs = Object.entries(spec.inputs ?? {})
  const outputs = Object.entries(spec.outputs ?? {})
  for (const [key] of [...inputs, ...outputs])
    if (!KEY.test(key) || isReserved(key))
      refuse(`"${key}" cannot be a key`, 'use a letter or "_", then letters, digits or "_"')
  if (inputs.length > LIMITS.keys_per_node || outputs.length > LIMITS.keys_per_node)
    refuse(`more than ${LIMITS.keys_per_node} keys`, 'put several values into one')
  for (const [key, port] of inputs)
    if (port?.mode === undefined)
      refuse(`input "${key}" is not a port`, 'use audio, text, number, json(schema), anything, …')
  for (const [key, port] of outputs)
    if (port?.mode !== 'required')
      refuse(`output "${key}" is not a plain port`, 'use audio, text, number, json(schema), anything, …')
  for (const [word, allowed] of Object.entries(WORDS)) {
    const said = spec[word as keyof typeof WORDS]
    if (said !== undefined && !(allowed as readonly string[]).includes(said))
      refuse(`${word}: ${String(said)}`, `use one of ${allowed.join(', ')}`)
  }
  for (const flag of FLAGS) {
    const said: unknown = spec[flag]
    if (said !== undefined && typeof said !== 'boolean') refuse(`${flag}: ${shown(said)}`, 'say true or false')
  }
  const concurrency = spec.concurrency ?? 1
  if (!Number.isInteger(concurrency) || concurrency < 1)
    refuse(`concurrency ${concurrency}`, 'use a whole number from 1')
  if (concurrency > 1 && (spec.purity ?? 'stateful') === 'stateful')
    refuse(`concurrency ${concurrency} on a stateful node`, 'say purity: pure or effectful, or leave concurrency out')
  if (spec.join === 'merge' && inputs.filter(([, port]) => port.mode === 'required').length > 1)
    refuse('join: merge with several required inputs', 'make them .optional(), or use one key')
  if (spec.trigger !== undefined && spec.join !== 'latest')
    refuse('a trigger without join: latest', 'add join: latest, or leave trigger out')
  if (spec.trigger !== undefined && !inputs.some(([key]) => key === spec.trigger))
    refuse(`trigger "${spec.trigger}" is no input`, `use one of ${inputs.map(([key]) => key).join(', ')}`)
  const toleranceMs = spec.toleranceMs ?? 0
  if (!(toleranceMs >= 0 && toleranceMs <= 2 ** 31)) refuse(`toleranceMs ${toleranceMs}`, 'use a number from 0')
  const maxHeld = spec.maxHeld ?? LIMITS.held
  if (!Number.isInteger(maxHeld) || maxHeld < 1) refuse(`maxHeld ${maxHeld}`, 'use a whole number from 1')
}

const shown = (said: unknown) => (typeof said === 'string' ? JSON.stringify(said) : String(said))

type FormSpec = Pick<NodeSpec, 'type' | 'inputs' | 'retrySafe' | 'lineage' | 'concurrency' | 'ordered' | 'timed'>

/**
 * Refuses a body that has not exactly one of the four forms, parts that its form does not use, and words of the spec that
 * would say nothing of it. @throws PluginError
 */
export function checkForm(spec: FormSpec, body: RecordBody): void {
  const refuse = (what: string, fix: string): never => {
    throw new PluginError(`node type "${spec.type}": ${what}`, { fix })
  }
  if (typeof body !== 'object' || body === null) refuse('create() returned nothing', 'return { execute(inputs) { … } }')
  const forms = FORMS.filter((form) => typeof body[form] === 'function')
  if (forms.length !== 1)
    refuse(
      forms.length === 0 ? 'it has none of execute, stream, operator, source' : `it has ${forms.join(' and ')}`,
      'give exactly one of them',
    )
  const [form] = forms
  if (form === 'source' && Object.keys(spec.inputs ?? {}).length > 0)
    refuse('a source with inputs', 'leave inputs out, or use execute')
  if (form !== 'execute' && body.flush !== undefined)
    refuse(`flush beside ${form}`, 'emit what is left when the input stream completes')
  if (form === 'stream' && spec.lineage === 'derived')
    refuse('lineage: derived with the stream form', 'use the operator form, or lineage: each or span')
  if (form !== 'execute' && spec.retrySafe === true)
    refuse(`retrySafe with the ${form} form`, 'a retry needs single input sets: use execute')
  if (form !== 'execute' && (spec.concurrency ?? 1) > 1)
    refuse(`concurrency ${spec.concurrency} with the ${form} form`, 'leave it out: several sets at once need execute')
  if (form === 'source' && spec.ordered === false)
    refuse('ordered: false with the source form', 'leave it out: a source has no inputs whose order could be kept')
  if ((form === 'execute' || form === 'source') && spec.lineage !== undefined)
    refuse(`lineage: ${spec.lineage} with the ${form} form`, 'leave it out: it is for operators and streams')
  if ((form === 'execute' || form === 'source') && spec.timed === true)
    refuse(`timed with the ${form} form`, 'leave it out: it is for operators that emit from timers or promises')
}
