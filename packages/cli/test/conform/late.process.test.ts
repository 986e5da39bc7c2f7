import t from 'tap'
import { command } from '../command.ts'

t.setTimeout(200_000)

interface Told {
  readonly nodes: readonly { readonly rules: readonly { readonly state: string; readonly message?: string }[] }[]
}

t.test('a node that comes to no end is waited for three times, not once a rule', async (t) => {
  const params = '{"per_second":0.001}'
  const plugin = '@anabranch/runtime/nodes'
  const { out, code } = await command([
    ...['conform', 'ThrottleNode', '--plugin', plugin, '--where', 'inline', '--params', params, '--json'],
  ])
  const [rules = []] = (JSON.parse(out) as Told).nodes.map(({ rules }) => rules)
  const late = rules.filter(({ state, message }) => state === 'broken' && / within \d+ (ms|s)$/.test(message ?? ''))
  t.equal(late.length, 3)
  t.ok(
    rules.some(
      ({ state, message }) => state === 'not-tested' && /^3 rules before it came to no end/.test(message ?? ''),
    ),
    'the others say why they were not looked at',
  )
  t.equal(code, 4)
})
