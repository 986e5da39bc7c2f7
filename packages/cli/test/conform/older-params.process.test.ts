import { join } from 'node:path'
import { loadPlugins, parseManifest, Registry, validate } from '@anabranch/runtime'
import t from 'tap'
import { root } from '../files.ts'
import { olderParams } from './older-params.ts'

t.setTimeout(300_000)

const plugin = join(root, 'packages/cli/test/conform/older_gain.py')

t.test('params of an older version of a node in Python', (t) => olderParams(t, plugin))

t.test('a node in Python without migrate refuses them', async (t) => {
  const text =
    'version: v1\nnodes:\n  g: { type: ForgetfulGainNode, params_version: 2, in: { input: mic } }\ninputs: { mic: { kind: audio } }\n'
  const registry = new Registry(await loadPlugins([plugin]))
  const { problems } = await validate(parseManifest(text, { file: 'pipeline.yaml', env: {} }), { registry })
  t.match(problems, [
    {
      code: 'ANB_PLUGIN',
      line: 3,
      message: /version 2 of "ForgetfulGainNode".*, which is there in version 3 and has no migrate\(\)/,
      fix: /anabranch inspect ForgetfulGainNode/,
    },
  ])
})
