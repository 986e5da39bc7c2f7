import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPythonPlugin } from '@anabranch/nodes-python/load'
import { createExecutor, parseManifest, Registry } from '@anabranch/runtime'
import t, { type Test } from 'tap'

const from = join(import.meta.dirname, '..', '..', 'e2e', 'python')
t.setTimeout(240_000)

function cache(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-cache-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

t.test(
  'two files that need two versions of one library run in one pipeline, each in its own environment',
  async (t) => {
    const folder = cache(t)
    const options = { from, env: { ...process.env, ANABRANCH_CACHE: folder } }
    const plugins = await Promise.all(['./old_six.py', './new_six.py'].map((name) => loadPythonPlugin(name, options)))
    const manifest = parseManifest(
      `version: v1
inputs: { ask: { kind: text } }
nodes:
  old: { type: OldSixNode, in: { input: ask } }
  new: { type: NewSixNode, in: { input: ask } }`,
      { file: 'two.yaml', env: {} },
    )
    const executor = await createExecutor(manifest, { registry: new Registry(plugins) })
    t.teardown(() => executor.close())
    const results = await executor.execute({ ask: 'which?' })
    t.equal(results.get('old.output'), '1.15.0')
    t.equal(results.get('new.output'), '1.16.0')
    const made = readdirSync(join(folder, 'environments'))
    t.equal(made.length, 2)
    await loadPythonPlugin('./old_six.py', options)
    t.same(readdirSync(join(folder, 'environments')), made, 'what is made is found again')
  },
)

t.test('dependencies that cannot be had are a coded error, and leave nothing behind', async (t) => {
  const folder = cache(t)
  writeFileSync(join(folder, 'bad.py'), '# /// script\n# dependencies = ["six==0.0.0.1"]\n# ///\n')
  await t.rejects(loadPythonPlugin('./bad.py', { from: folder, env: { ...process.env, ANABRANCH_CACHE: folder } }), {
    code: 'ANB_PLUGIN',
    message: /environment cannot be made/,
    fix: /six==0\.0\.0\.1/,
  })
  t.same(readdirSync(join(folder, 'environments')), [])
})
