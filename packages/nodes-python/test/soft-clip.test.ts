import { createPythonPlugin, softClip } from '@anabranch/nodes-python'
import { test } from 'tap'

test('softClip says the same as the node that Python described', async (t) => {
  const plugin = createPythonPlugin()
  const described = plugin.nodes.find(({ spec }) => spec.type === softClip.spec.type)?.spec
  for (const key of ['summary', 'purity'] as const) t.equal(softClip.spec[key], described?.[key])
  for (const side of ['inputs', 'outputs'] as const)
    t.same(kinds(softClip.spec[side]), kinds(described?.[side] ?? {}), side)
})

function kinds(ports: object | undefined) {
  return Object.entries(ports ?? {}).map(([key, { kind }]) => [key, kind])
}
