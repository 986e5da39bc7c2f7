import { createPythonPlugin } from '@anabranch/nodes-python'
import { InvalidParamsError } from '@anabranch/plugin-sdk'
import { test } from 'tap'

test('wrong params are refused before any process starts', async (t) => {
  const plugin = createPythonPlugin()
  t.teardown(() => plugin.close())
  const node = plugin.nodes.find(({ spec }) => spec.type === 'SoftClipNode')
  t.equal(node?.runtime, 'python')
  t.throws(() => node?.create({ drive: 'loud' }), { code: 'ANB_PARAMS', message: /drive: expected number, got string/ })
  t.throws(() => node?.create({ drive: 0 }), { message: /more than 0/ })
  t.throws(() => node?.create({ drive: 1000 }), { message: /at most 100/ })
  t.throws(() => node?.create({ drove: 1 }), { message: /did you mean "drive"/ })
  t.throws(() => node?.create([]), InvalidParamsError)
  t.doesNotThrow(() => node?.create(undefined))
  t.equal(await plugin.host.server(), undefined)
})
