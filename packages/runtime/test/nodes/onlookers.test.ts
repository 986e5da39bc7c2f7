import { harness, testNode } from '@anabranch/plugin-sdk/testing'
import { definePipeline } from '@anabranch/runtime'
import { faultNode, generalNodes, tapNode } from '@anabranch/runtime/nodes'
import t, { test } from 'tap'
import { thrown } from '../coded.ts'
import { gather, sourceOf, upTo } from '../nodes.ts'
import { scenario } from '../scenario.ts'

testNode(t, tapNode, [
  {
    params: { every: 2 },
    inputs: [{ input: 1 }, { input: { a: [1] } }],
    outputs: [{ output: 1 }, { output: { a: [1] } }],
  },
])
testNode(t, faultNode, [
  { inputs: [{ input: 1 }, { input: 2 }], outputs: [{ output: 1 }, { output: 2 }] },
  {
    name: 'drops and delays',
    params: { drop_rate: 0.5, delay_rate: 1 },
    inputs: [...upTo(9)].map((input) => ({ input })),
  },
])

scenario('TapNode: logs a sample, each line bounded', async (t, stage) => {
  const hostile = {
    get secret(): string {
      throw new Error('a getter was called')
    },
    text: 'x'.repeat(10_000),
  }
  const session = await stage.open(
    definePipeline({
      nodes: {
        from: { type: sourceOf([hostile, 2, [3], 4, 5]) },
        look: { type: tapNode, params: { every: 2, label: 'seen', max_chars: 50 }, in: { input: 'from.output' } },
      },
    }),
  )
  const got = gather(session)
  t.match(await session.end(), { balanced: true, delivered: 5 })
  t.equal(got[0], hostile, 'the value itself is passed on')
  const lines = stage.log.filter(({ msg }) => msg === 'seen')
  t.match(lines, [
    { seq: 0, node: 'look', pts_ms: Number },
    { seq: 2, value: '[ 3 ]' },
    { seq: 4, value: '5' },
  ])
  t.ok(lines.every(({ value }) => (value as string).length <= 51))
})

test('FaultNode: rates that cannot be', async (t) => {
  for (const params of [{ throw_rate: 1.1 }, { throw_rate: 0.6, drop_rate: 0.6 }, { seed: -1 }])
    t.equal(thrown('ANB_PARAMS', () => faultNode.create(params)).code, 'ANB_PARAMS')
})

async function fates(params: object): Promise<string> {
  const node = await harness(faultNode, params)
  let said = ''
  for (let n = 0; n < 200; n++)
    said += await node.push({ input: n }).then(
      (given) => (given.length === 1 ? '.' : 'd'),
      () => 'x',
    )
  await node.close()
  return said
}

test('FaultNode: the same seed gives the same faults, another gives others', async (t) => {
  const params = { throw_rate: 0.1, drop_rate: 0.1 }
  const first = await fates({ seed: 1, ...params })
  t.equal(await fates({ seed: 1, ...params }), first)
  t.not(await fates({ seed: 2, ...params }), first)
  const share = (mark: string) => first.split(mark).length - 1
  t.ok(share('x') > 8 && share('x') < 35 && share('d') > 8 && share('d') < 35, first)
})

scenario('FaultNode: what fails, is left out or comes through adds up', async (t, stage) => {
  const session = await stage.open(
    definePipeline({
      nodes: {
        from: { type: sourceOf(() => upTo(500)) },
        bad: {
          type: faultNode,
          params: { seed: 3, throw_rate: 0.1, drop_rate: 0.1 },
          on_error: 'skip',
          in: { input: 'from.output' },
        },
      },
    }),
  )
  const got = gather(session)
  const ledger = await session.end()
  t.match(ledger, { balanced: true, accepted: 500, delivered: got.length })
  t.ok(ledger.failed > 20 && ledger.filtered > 20)
})

test('the plugin has every node of its door once, each with units and a summary', async (t) => {
  t.match(generalNodes, { name: '@anabranch/runtime/nodes', apiVersion: 1 })
  for (const { spec } of generalNodes.nodes) {
    t.match(spec.summary, /^[A-Z].*\.$/)
    const schema = spec.params?.['~standard'] as
      | { jsonSchema?: { input(o: object): { properties?: object } } }
      | undefined
    const properties = schema?.jsonSchema?.input({ target: 'draft-2020-12' }).properties ?? {}
    for (const [name, said] of Object.entries(properties))
      t.ok((said as { description?: string }).description, `${spec.type}.${name} is described`)
  }
})
