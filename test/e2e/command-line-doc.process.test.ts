import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from './command.ts'
import { blocksOf, readerOf, stepsOf } from './doc-blocks.ts'

const doc = readFileSync(join(root, 'docs', 'command-line.md'), 'utf8')

/** How long a case took, and what a node was measured to cost, is no part of the promise. */
const timeless = (text: string) =>
  text
    .replace(/(✓ .+?) \d+ ms$/gm, '$1')
    .replace(/^( {2}\w+ +)\S.* a frame \(p99 .*$/gm, '$1cost')
    .replace(/^( {2}measured with one value;) .*$/gm, '$1')

t.test('docs/command-line.md: its commands print what it says', async (t) => {
  const blocks = blocksOf('command-line.md')
  const run = readerOf(t, blocks)
  const steps = stepsOf(blocks)
  t.ok(steps.length >= 9)
  for (const { command, prints } of steps) t.equal(timeless(run(command)), timeless(prints), command)
})

t.test('docs/command-line.md: it names every verb, and no other', async (t) => {
  const help = spawnSync(process.execPath, [join(root, 'packages/cli/dist/main.js'), '--help'], {
    encoding: 'utf8',
  }).stdout
  const verbs = [...help.matchAll(/^ {2}(\w+) /gm)].map(([, verb]) => verb).filter((verb) => verb !== 'help')
  const rows = [...doc.matchAll(/^\| `(\w+)[^`]*`.* \| /gm)].map(([, verb]) => verb)
  t.ok(verbs.includes('run'))
  t.same(rows.slice(0, verbs.length).sort(), verbs.sort())
})
