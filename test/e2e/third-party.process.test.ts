import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { crate, doSteps } from './third-party-steps.ts'

const run = promisify(execFile)

// It builds an addon.
t.setTimeout(600_000)

t.test('the steps of the README, from cargo new to a running pipeline', async (t) => {
  const { done, output } = await doSteps()
  t.same(done, [
    'cargo new --lib louder',
    'cd louder',
    'cp ../anabranch/packages/nodes-native/Cargo.lock .',
    'Cargo.toml',
    'build.rs',
    'src/lib.rs',
    'cargo build --release',
    'cp target/release/liblouder.so louder.node',
    'plugin.mjs',
    'main.mjs',
    'node main.mjs',
  ])
  // 0.5 and −0.25, twice, and 20 dB less, by hand.
  t.equal(output, '0.100 -0.050\n')
})

t.test('it lives beside our addon in three threads, and one of them may end at any time', async (t) => {
  const program = fileURLToPath(new URL('two-addons.js', import.meta.url))
  const { stdout, stderr } = await run(process.execPath, [program, join(crate, 'plugin.mjs')])
  t.same(JSON.parse(stdout), { ended: true, others: [200, 200] })
  t.equal(stderr, '')
})
