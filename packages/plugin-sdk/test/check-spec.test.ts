import { audio, type NodeSpec, text } from '@anabranch/plugin-sdk'
import { checkForm, checkSpec, type RecordBody } from '@anabranch/plugin-sdk/host'
import t from 'tap'
import { thrown } from './coded.ts'

const base = { type: 'EchoNode', summary: 'Passes text on.', inputs: { input: text }, outputs: { output: text } }
const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`key${n}`, text]))

const refused: readonly (readonly [what: string, change: object, message: RegExp])[] = [
  ['an empty type', { type: '' }, /name is not valid/],
  ['a type with a dash', { type: 'echo-node' }, /name is not valid/],
  ['a type that starts with a digit', { type: '1Echo' }, /name is not valid/],
  ['a type of 65 letters', { type: 'a'.repeat(65) }, /name is not valid/],
  ['no type', { type: undefined }, /name is not valid/],
  ['no summary', { summary: undefined }, /no summary/],
  ['a blank summary', { summary: ' ' }, /no summary/],
  ['a key with a dot', { inputs: { 'a.b': text } }, /"a\.b" cannot be a key/],
  ['an empty key', { outputs: { '': text } }, /"" cannot be a key/],
  ['the key then', { outputs: Object.fromEntries([['then', text]]) }, /"then" cannot be a key/],
  ['the key constructor', { inputs: { constructor: text } }, /"constructor" cannot be a key/],
  ['the key toString', { outputs: { toString: text } }, /"toString" cannot be a key/],
  ['the key __proto__', { inputs: JSON.parse('{"__proto__":{}}') }, /"__proto__" cannot be a key/],
  ['65 inputs', { inputs: many }, /more than 64 keys/],
  ['65 outputs', { outputs: many }, /more than 64 keys/],
  ['an input that is no port', { inputs: { input: 'audio' } }, /input "input" is not a port/],
  ['an input that is undefined', { inputs: { input: undefined } }, /input "input" is not a port/],
  ['an output that is no port', { outputs: { output: 'audio' } }, /output "output" is not a plain port/],
  ['an optional output', { outputs: { output: text.optional() } }, /output "output" is not a plain port/],
  ['a control output', { outputs: { output: text.control('') } }, /output "output" is not a plain port/],
  ['a purity with a typo', { purity: 'Pure' }, /purity: Pure/],
  ['an unknown time rule', { time: 'none' }, /time: none/],
  ['an unknown join', { join: 'race' }, /join: race/],
  ['an unknown late rule', { late: 'wait' }, /late: wait/],
  ['an unknown lineage', { lineage: 'all' }, /lineage: all/],
  ['unknown holds', { holds: 'copied' }, /holds: copied/],
  ['a word with a typo', { linage: 'each' }, /unknown word "linage"; did you mean "lineage"\?/],
  ['toleranceMs -1', { join: 'align', toleranceMs: -1 }, /toleranceMs -1/],
  ['toleranceMs NaN', { join: 'align', toleranceMs: Number.NaN }, /toleranceMs NaN/],
  ['concurrency 0', { concurrency: 0, purity: 'pure' }, /concurrency 0/],
  ['concurrency 1.5', { concurrency: 1.5, purity: 'pure' }, /concurrency 1\.5/],
  ['concurrency on a stateful node', { concurrency: 2 }, /concurrency 2 on a stateful node/],
  ['merge with two required inputs', { join: 'merge', inputs: { a: text, b: text } }, /several required inputs/],
  ['a trigger without latest', { trigger: 'input' }, /trigger without join: latest/],
  ['a trigger that is no input', { trigger: 'other', join: 'latest' }, /trigger "other" is no input/],
  ['maxHeld 0', { maxHeld: 0 }, /maxHeld 0/],
  ['a flag that is a word', { retrySafe: 'yes' }, /retrySafe: "yes"/],
  ['a flag that is a number', { ordered: 0 }, /ordered: 0/],
  ['a flag that is null', { filters: null }, /filters: null/],
  ['maxHeld NaN', { maxHeld: Number.NaN }, /maxHeld NaN/],
]

for (const [what, change, message] of refused)
  t.test(`checkSpec refuses ${what}`, async (t) => {
    const error = thrown('ANB_PLUGIN', () => checkSpec({ ...base, ...change } as NodeSpec))
    t.match(error.message, message)
    t.match(error.message, /^node type "/)
    t.ok(error.fix, 'and says the fix')
  })

for (const [what, change] of [
  ['no ports', { inputs: undefined, outputs: undefined }],
  ['concurrency on a pure node', { concurrency: 4, purity: 'pure' }],
  ['concurrency on an effectful node', { concurrency: 4, purity: 'effectful' }],
  ['merge with one required input', { join: 'merge' }],
  ['merge with optional inputs', { join: 'merge', inputs: { a: text.optional(), b: text.optional() } }],
  ['latest with a trigger', { join: 'latest', trigger: 'a', inputs: { a: audio, b: text } }],
  ['64 keys', { inputs: Object.fromEntries(Object.entries(many).slice(1)) }],
  ['a type of 64 letters', { type: 'a'.repeat(64) }],
] as const)
  t.test(`checkSpec takes ${what}`, async (t) => {
    t.doesNotThrow(() => checkSpec({ ...base, ...change } as NodeSpec))
  })

const execute = () => undefined
const forms: readonly (readonly [what: string, change: object, body: unknown, message: RegExp])[] = [
  ['nothing', {}, undefined, /create\(\) returned nothing/],
  ['null', {}, null, /create\(\) returned nothing/],
  ['no form', {}, {}, /none of execute, stream, operator, source/],
  ['a form that is no function', {}, { execute: true }, /none of execute/],
  ['two forms', {}, { execute, stream: execute }, /it has execute and stream/],
  ['three forms', {}, { execute, operator: execute, source: execute }, /execute and operator and source/],
  ['a source with inputs', {}, { source: execute }, /a source with inputs/],
  ['flush beside operator', {}, { operator: execute, flush: execute }, /flush beside operator/],
  ['flush beside stream', {}, { stream: execute, flush: execute }, /flush beside stream/],
  ['flush beside source', { inputs: {} }, { source: execute, flush: execute }, /flush beside source/],
  ['retrySafe with operator', { retrySafe: true }, { operator: execute }, /retrySafe with the operator form/],
  ['retrySafe with source', { inputs: {}, retrySafe: true }, { source: execute }, /retrySafe with the source form/],
  ['concurrency with operator', { concurrency: 2 }, { operator: execute }, /concurrency 2 with the operator form/],
  ['concurrency with stream', { concurrency: 2 }, { stream: execute }, /concurrency 2 with the stream form/],
  [
    'concurrency with source',
    { inputs: {}, concurrency: 2 },
    { source: execute },
    /concurrency 2 with the source form/,
  ],
  ['ordered with source', { inputs: {}, ordered: false }, { source: execute }, /ordered: false with the source form/],
  ['lineage with execute', { lineage: 'each' }, { execute }, /lineage: each with the execute form/],
  ['lineage with source', { inputs: {}, lineage: 'span' }, { source: execute }, /lineage: span with the source form/],
  ['timed with execute', { timed: true }, { execute }, /timed with the execute form/],
  ['timed with source', { inputs: {}, timed: true }, { source: execute }, /timed with the source form/],
  ['retrySafe with stream', { retrySafe: true }, { stream: execute }, /retrySafe with the stream form/],
]

for (const [what, change, body, message] of forms)
  t.test(`checkForm refuses ${what}`, async (t) => {
    const error = thrown('ANB_PLUGIN', () => checkForm({ ...base, ...change }, body as RecordBody))
    t.match(error.message, message)
    t.ok(error.fix)
  })

t.test('checkForm takes each form alone, also as a method of a class', async (t) => {
  class Node {
    execute() {}
  }
  t.doesNotThrow(() => checkForm(base, new Node()))
  t.doesNotThrow(() => checkForm({ ...base, retrySafe: true }, { execute, flush: execute }))
  t.doesNotThrow(() => checkForm({ type: 'A', inputs: {} }, { source: () => [] }))
  t.doesNotThrow(() => checkForm({ ...base, concurrency: 4, ordered: false }, { execute }))
  // Of an operator, ordered says what C15 promises of it.
  const spec = { ...base, lineage: 'each', timed: true, ordered: false, concurrency: 1 } as const
  for (const form of ['stream', 'operator']) t.doesNotThrow(() => checkForm(spec, { [form]: execute } as RecordBody))
})
