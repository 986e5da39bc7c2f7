import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { anabranch, jsonLines, root } from './command.ts'

const example = 'examples/three-languages'

// It builds an addon.
t.setTimeout(600_000)

t.test('one node in TypeScript, Rust and Python: the same bits, and those of exact arithmetic', async (t) => {
  await promisify(execFile)(process.execPath, [join(root, example, 'rust', 'build.mjs')], {
    env: { ...process.env, CARGO_NET_OFFLINE: 'true' },
  })
  const { values, result } = jsonLines(await anabranch(example, ['run', 'pipeline.yaml', '--json']))
  t.same(values, [JSON.parse(readFileSync(join(root, example, 'expected.json'), 'utf8'))])
  t.match(result, {
    ledger: { accepted: 355, delivered: 355, balanced: true },
    nodes: { typescript: { runtime: 'javascript' }, rust: { runtime: 'native' }, python: { runtime: 'python' } },
  })
})
