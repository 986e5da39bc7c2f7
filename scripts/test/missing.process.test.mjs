// @ts-check
import { execFileSync } from 'node:child_process'
import { test } from 'tap'

test('what a machine lacks is told all at once: which, why, and how to get it', async (t) => {
  const url = new URL('../lib/machine.mjs', import.meta.url)
  const code = `import { findMissing } from '${url}'; console.log(JSON.stringify(await findMissing()))`
  // A folder without programs, in a process of its own: cargo, cc and Python are not there.
  const PATH = t.testdir({})
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], { env: { PATH }, encoding: 'utf8' })
  t.match(JSON.parse(said), [
    { name: 'cargo', why: /Rust/, how: /rustup\.rs/ },
    { name: /C compiler/, why: /links/, how: /build-essential/ },
    { name: /Python >= 3\.11/, why: /none of python3/, how: /python3-venv/ },
  ])
  t.same(JSON.parse(said).length, 3)
})
