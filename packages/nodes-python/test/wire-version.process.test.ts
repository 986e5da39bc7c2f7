import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeNodes } from '@anabranch/nodes-python'
import { type Test, test } from 'tap'

const nodes = fileURLToPath(new URL('../test/nodes/patient_nodes.py', import.meta.url))
const ours = fileURLToPath(new URL('../python/src/anabranch', import.meta.url))

/** Our Python package as a later or an earlier one would be, before ours on the path; gives the variables that say so. */
function otherPackage(t: Test, file: string, from: string, to: string) {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-wire-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(ours, join(folder, 'anabranch'), { recursive: true, filter: (path) => !path.includes('__pycache__') })
  const changed = join(folder, 'anabranch', file)
  const text = readFileSync(changed, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
  writeFileSync(changed, text.replace(from, to))
  return { ...process.env, PYTHONPATH: folder }
}

test('another version of the wire format is refused before a worker starts: have, need, who, fix', async (t) => {
  const modules = [nodes]
  t.ok((await describeNodes({ modules })).length > 0)
  const later = otherPackage(t, '_wire.py', 'VERSION: Final = 1', 'VERSION: Final = 2')
  await t.rejects(describeNodes({ modules, env: later }), {
    code: 'ANB_PLUGIN',
    message: /the Python package anabranch of .*python.* speaks wire format 2, @anabranch\/nodes-python .* needs 1/,
    fix: /install the anabranch package/,
  })
  const earlier = otherPackage(t, '_describe_command.py', ', "wire": VERSION', '')
  await t.rejects(describeNodes({ modules, env: earlier }), { code: 'ANB_PLUGIN', message: /does not say which wire/ })
})
