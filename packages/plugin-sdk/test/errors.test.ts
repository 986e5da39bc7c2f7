import { readFileSync } from 'node:fs'
import * as sdk from '@anabranch/plugin-sdk'
import { type ErrorClass, type ErrorCode, type ErrorFields, isAnabranchError } from '@anabranch/plugin-sdk'
import { codedError, ERROR_TABLE, isErrorCode, nodeError, withNodeId } from '@anabranch/plugin-sdk/host'
import t from 'tap'

type Row = { class: string; retryable: boolean; fields: string[]; meaning: string }
const table: Record<string, Row> = JSON.parse(readFileSync(new URL('../contract/errors.json', import.meta.url), 'utf8'))
const classOf = (name: string) =>
  (sdk as unknown as Record<string, ErrorClass<ErrorCode>>)[name] as ErrorClass<ErrorCode>

// The typed side: the compiler refuses this list when a field is missing here or in ErrorFields.
type Keys<F> = unknown extends F ? readonly [] : readonly (keyof F)[]
const fields: { readonly [C in ErrorCode]: Keys<ErrorFields[C]> } = {
  ANB_MANIFEST: ['issues'],
  ANB_CYCLE: ['nodes'],
  ANB_NODE_NOT_FOUND: ['nearest'],
  ANB_PLUGIN: [],
  ANB_PARAMS: ['issues'],
  ANB_INPUTS: ['key'],
  ANB_AUDIO_FORMAT: ['expected', 'received'],
  ANB_MARSHALING: ['key'],
  ANB_NODE_EXECUTION: [],
  ANB_PYTHON: ['traceback'],
  ANB_NATIVE: ['location'],
  ANB_TIMEOUT: ['afterMs'],
  ANB_CIRCUIT_OPEN: [],
  ANB_WORKER_LOST: [],
  ANB_EDGE_OVERFLOW: ['edge'],
  ANB_STALE_FRAME: [],
  ANB_STALL: ['edges'],
  ANB_HELD_LIMIT: ['limit'],
  ANB_LIMIT: ['limit'],
  ANB_CANCELLED: [],
  ANB_NOT_AVAILABLE: [],
}

t.test('errors.json, the generated table and ErrorFields say the same', async (t) => {
  t.same(table, ERROR_TABLE)
  t.same(Object.fromEntries(Object.entries(table).map(([code, row]) => [code, row.fields])), fields)
})

t.test('every class of the table is exported, and nothing else ends in Error', async (t) => {
  t.same(
    Object.keys(sdk)
      .filter((name) => /^[A-Z].*Error$/.test(name))
      .sort(),
    Object.values(table)
      .map((row) => row.class)
      .sort(),
  )
})

for (const [code, row] of Object.entries(table))
  t.test(`${row.class} carries ${code}`, async (t) => {
    const Class = classOf(row.class)
    const error = new Class('what happened')
    t.equal(Class.code, code)
    t.equal(error.code, code)
    t.equal(error.name, row.class)
    t.equal(error.message, 'what happened')
    t.equal(error.retryable, row.retryable)
    t.ok(error instanceof Class)
    t.ok(error instanceof Error)
    t.ok(isAnabranchError(error))
    t.notOk(Object.hasOwn(error, 'cause'), 'no cause where none was given')
    for (const field of row.fields)
      t.not((error as unknown as Record<string, unknown>)[field], undefined, `${field} needs no guard`)
    const others = Object.values(table).filter((other) => other.class !== row.class)
    t.notOk(others.some((other) => error instanceof classOf(other.class)))
  })

t.test('what the thrower says overrides the table', async (t) => {
  const cause = new Error('below')
  const error = new sdk.TimeoutError('late', { cause, retryable: false, nodeId: 'a', fix: 'wait', afterMs: 30 })
  t.equal(error.cause, cause)
  t.equal(error.retryable, false)
  t.equal(error.nodeId, 'a')
  t.equal(error.fix, 'wait')
  t.equal(error.code === 'ANB_TIMEOUT' && error.afterMs, 30)
})

t.test('a subclass is narrower than its code', async (t) => {
  class Late extends sdk.TimeoutError {}
  t.ok(new Late('x') instanceof Late)
  t.ok(new Late('x') instanceof sdk.TimeoutError)
  t.notOk(new sdk.TimeoutError('x') instanceof Late)
})

t.test('isAnabranchError refuses everything else', async (t) => {
  for (const other of [undefined, null, 1, 'ANB_CYCLE', {}, new Error('x'), { code: 'ANB_CYCLE' }])
    t.notOk(isAnabranchError(other))
})

t.test('withNodeId names a node once, and keeps the object', async (t) => {
  const error = new sdk.NodeExecutionError('x')
  t.equal(withNodeId(error, 'first'), error)
  withNodeId(error, 'second')
  t.equal(error.nodeId, 'first')
})

t.test('nodeError keeps a coded error and wraps anything else', async (t) => {
  const coded = new sdk.InvalidInputsError('x', { key: 'input' })
  t.equal(nodeError(coded, 'a'), coded)
  t.equal(coded.nodeId, 'a')
  for (const [value, message] of [
    [new Error('boom'), 'boom'],
    ['boom', 'boom'],
    [42, '42'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [{ message: 'of another realm' }, 'of another realm'],
    [Object.create(null), 'threw a plain object'],
  ] as const) {
    const error = nodeError(value, 'a')
    t.equal(error.code, 'ANB_NODE_EXECUTION')
    t.equal(error.message, `node "a": ${message}`)
    t.equal(error.nodeId, 'a')
    t.equal(error.cause, value)
  }
})

t.test('what comes from elsewhere by its code has the class of that code, and no other word is a code', async (t) => {
  for (const [code, row] of Object.entries(table)) {
    const error = codedError(code as ErrorCode, 'it said so', { fix: 'listen', retryable: !row.retryable })
    t.ok(error instanceof classOf(row.class), `${code} is a ${row.class}`)
    t.match(error, { code, name: row.class, message: 'it said so', fix: 'listen', retryable: !row.retryable })
    t.ok(isErrorCode(code))
  }
  for (const word of ['ANB_NOTHING', 'toString', '__proto__', '', 7, null, undefined]) t.notOk(isErrorCode(word))
})
