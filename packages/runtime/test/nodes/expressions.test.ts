import { harness, testNode } from '@anabranch/plugin-sdk/testing'
import { definePipeline } from '@anabranch/runtime'
import { filterNode, mapNode } from '@anabranch/runtime/nodes'
import t, { test } from 'tap'
import { rejected, thrown } from '../coded.ts'
import { cpuMs } from '../cpu-ms.ts'
import { gather, sourceOf } from '../nodes.ts'
import { scenario, settled } from '../scenario.ts'

testNode(t, filterNode, [
  {
    params: { expression: 'value.n > 1 && value.kind == "a"' },
    inputs: [{ input: { n: 1, kind: 'a' } }, { input: { n: 2, kind: 'a' } }, { input: { n: 3, kind: 'b' } }],
    outputs: [{ output: { n: 2, kind: 'a' } }],
  },
  {
    name: 'bare numbers',
    params: { expression: 'value % 2 == 0' },
    inputs: [{ input: 1 }, { input: 4 }],
    outputs: [{ output: 4 }],
  },
])
testNode(t, mapNode, [
  {
    params: {
      expression: '{"id": value.id, "total": value.price * value.count + 1, "tags": value.tags.map(x, x.size())}',
    },
    inputs: [{ input: { id: 'x', price: 1.5, count: 2, tags: ['ab', ''] } }],
    outputs: [{ output: { id: 'x', total: 4, tags: [2, 0] } }],
  },
])

const results: readonly (readonly [expression: string, value: unknown, output: unknown])[] = [
  ['value + 1', 2, 3],
  ['1 - value * 2 / 4', 4, -1],
  ['7 / 2', null, 3],
  ['value[0]', ['first'], 'first'],
  ['value == null', null, true],
  ['has(value.a) ? value.a : "none"', {}, 'none'],
  ['value.name.matches("^a+b$")', { name: 'aab' }, true],
  ['value.exists(x, x.matches("b"))', ['a', 'b'], true],
  ['timestamp("2020-01-01T00:00:00Z")', 0, '2020-01-01T00:00:00.000Z'],
  ['[1, "a", null, [2u]]', 0, [1, 'a', null, [2]]],
  ['value', new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ['seq + pts_ms', 0, 0],
  ['value.filter(x, x > 1).map(x, x * 10)', [1, 2, 3], [20, 30]],
]
for (const [expression, value, output] of results)
  test(`MapNode: ${expression}`, async (t) => {
    const node = await harness(mapNode, { expression })
    t.teardown(() => node.close())
    t.same(await node.push({ input: value }), [{ output }])
  })

const deep = `${'value.all(a, '.repeat(3)}true${')'.repeat(3)}`
const refused: readonly (readonly [expression: string, why: RegExp])[] = [
  ['1 +', /Unexpected token.*character 4/],
  ['', /too small|at least 1/i],
  ['process.exit(1)', /Unknown variable: process/],
  ['globalThis', /Unknown variable/],
  ['value = 1', /./],
  ['value.f()', /no matching overload/],
  ['this', /Unknown variable/],
  [deep, /3 comprehensions/],
  [`${'('.repeat(40)}1${')'.repeat(40)}`, /depth/i],
  [`[${'1,'.repeat(300)}1]`, /list|element/i],
  ['1'.repeat(5000), /4096|big/i],
]
for (const [expression, why] of refused)
  test(`MapNode refuses ${JSON.stringify(expression.slice(0, 40))}`, async (t) => {
    const error = thrown('ANB_PARAMS', () => mapNode.create({ expression }))
    t.match(error.message, why)
    t.equal(error.issues[0]?.path, 'expression')
  })

class Odd {
  secret = 1
}
const reached: readonly (readonly [expression: string, value: unknown])[] = [
  ['value.constructor', {}],
  ['value["constructor"]', {}],
  ['value.__proto__', {}],
  ['value.toString', {}],
  ['value.f', { f: () => 1 }],
  ['value.length', [1]],
  ['value.secret', new Odd()],
  ['value.missing', {}],
  ['"a" + value', 1],
  ['value.matches("(")', 'a'],
]
for (const [expression, value] of reached)
  test(`MapNode: ${expression} of ${typeof value} is ANB_INPUTS`, async (t) => {
    const node = await harness(mapNode, { expression })
    t.teardown(() => node.close())
    const error = await rejected('ANB_INPUTS', node.push({ input: value }))
    t.equal(error.key, 'input')
  })

test('MapNode: a pattern that would backtrack for ever is matched in linear time', async (t) => {
  const node = await harness(mapNode, { expression: 'value.matches("^(a+)+$")' })
  t.teardown(() => node.close())
  const start = cpuMs()
  t.same(await node.push({ input: `${'a'.repeat(5000)}b` }), [{ output: false }])
  const took = cpuMs() - start
  t.ok(took < 2000, `${took} ms`)
})

test('MapNode: a key that means something in JavaScript reaches no prototype', async (t) => {
  for (const expression of ['{"__proto__": {"polluted": 1}}', '{"constructor": {"prototype": {"polluted": 1}}}']) {
    const node = await harness(mapNode, { expression })
    t.teardown(() => node.close())
    await node.push({ input: 0 }).catch((error) => t.equal(error.code, 'ANB_MARSHALING'))
    t.notOk('polluted' in {})
  }
})

test('FilterNode refuses an expression that gives no bool', async (t) => {
  t.match(thrown('ANB_PARAMS', () => filterNode.create({ expression: '"a"' })).message, /gives string, not bool/)
  const node = await harness(filterNode, { expression: 'value' })
  t.teardown(() => node.close())
  t.match(await rejected('ANB_INPUTS', node.push({ input: 1 })), { message: /neither true nor false/ })
})

scenario('FilterNode: a value it cannot judge goes by on_error', async (t, stage) => {
  const letters: unknown[] = []
  const session = await stage.open(
    definePipeline({
      nodes: {
        from: { type: sourceOf([{ n: 1 }, {}, { n: 3 }, { n: 5 }]) },
        keep: {
          type: filterNode,
          params: { expression: 'value.n >= 3' },
          on_error: 'dead-letter',
          in: { input: 'from.output' },
        },
      },
    }),
    { onDeadLetter: ({ inputs }) => letters.push(inputs) },
  )
  const got = gather(session)
  t.match(await session.end(), { balanced: true, accepted: 4, delivered: 2, filtered: 1, dead_lettered: 1 })
  await settled()
  t.same(got, [{ n: 3 }, { n: 5 }])
  t.same(letters, [{ input: {} }])
})
