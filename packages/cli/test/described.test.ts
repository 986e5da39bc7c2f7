import { join } from 'node:path'
import { test } from 'tap'
import { command } from './command.ts'
import { folderOf } from './files.ts'

/** A package whose code must not be run to know its nodes. */
const described = {
  'package.json': JSON.stringify({ dependencies: { 'anabranch-plugin-boom': '1.0.0' } }),
  'node_modules/anabranch-plugin-boom/package.json': JSON.stringify({
    name: 'anabranch-plugin-boom',
    type: 'module',
    exports: './index.js',
    anabranch: {
      apiVersion: 1,
      nodes: [
        {
          type: 'BoomNode',
          summary: 'Goes off when it is imported.',
          runtimes: ['javascript'],
          purity: 'pure',
          inputs: [{ key: 'input', kind: 'text', mode: 'required' }],
          outputs: [{ key: 'output', kind: 'text', mode: 'required' }],
          params: { type: 'object', properties: { loud: { type: 'boolean', default: true } } },
        },
      ],
    },
  }),
  'node_modules/anabranch-plugin-boom/index.js': "throw new Error('boom')",
}

test('inspect, nodes, schema: what a package describes is known without its code', async (t) => {
  const at = folderOf(t, {
    ...described,
    'pipeline.yaml': 'version: v1\nplugins: [anabranch-plugin-boom]\nnodes: { a: { type: BoomNode } }\n',
  })
  const before = process.cwd()
  t.teardown(() => process.chdir(before))
  process.chdir(at('.'))
  t.match(await command(['inspect', 'anabranch-plugin-boom']), {
    code: 0,
    out: /^BoomNode\nGoes off[\s\S]*loud +boolean/,
  })
  t.match(await command(['inspect', 'BoomNode', '--plugin', 'anabranch-plugin-boom']), { code: 0, out: /^BoomNode/ })
  const listed = await command(['nodes', 'goes off'])
  t.match(listed, { code: 0, out: /^BoomNode +javascript +text → text/ })
  t.notMatch(listed.err, /not loaded/)
  t.match((await command(['schema', join(at('.'), 'pipeline.yaml')])).out, /"node-BoomNode"/)
  t.match(await command(['validate', 'pipeline.yaml']), { code: 3, out: /boom/ }, 'to run it is another matter')
})

test('inspect: a description for another version of the contract is not believed', async (t) => {
  const name = 'node_modules/anabranch-plugin-boom/package.json'
  const other = described[name].replace('"apiVersion":1', '"apiVersion":2')
  const at = folderOf(t, { ...described, [name]: other })
  const before = process.cwd()
  t.teardown(() => process.chdir(before))
  process.chdir(at('.'))
  t.match(await command(['inspect', 'anabranch-plugin-boom']), { code: 1, err: /boom/ })
})
