import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { earlyPython } from '#src/early-python.js'

const children = () =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).length

test('Python is started where a pipeline that runs names its nodes', {
  skip: process.platform !== 'linux' && '/proc',
}, async (t) => {
  const folder = mkdtempSync(join(import.meta.dirname, 'early-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const [without, named] = ['without.yaml', 'named.yaml'].map((name) => join(folder, name)) as [string, string]
  writeFileSync(without, 'plugins: ["@anabranch/nodes-native"] # no @anabranch/nodes-python\n')
  writeFileSync(named, 'plugins: ["@anabranch/nodes-python"]\n')
  for (const args of [['run', without], ['validate', named], ['run', join(folder, 'none.yaml')], ['run'], []]) {
    await earlyPython(args)
    t.equal(children(), 0, args.join(' '))
  }
  await earlyPython(['run', '--json', named])
  t.equal(children(), 1)
})
