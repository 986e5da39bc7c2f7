import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from './command.ts'
import { blocksOf, readerOf, stepsOf } from './doc-blocks.ts'

t.setTimeout(240_000)

const howTo = readdirSync(join(root, 'docs', 'how-to')).filter((page) => page !== 'README.md')
t.ok(howTo.length >= 8)

for (const page of ['editor.md', ...howTo.map((page) => join('how-to', page))])
  t.test(`docs/${page}: its commands, run on its files, print what it says`, async (t) => {
    const blocks = blocksOf(page)
    const run = readerOf(t, blocks)
    for (const { language, name } of blocks)
      t.ok(language === 'console' || name !== '', `a ${language} block is a file`)
    const steps = stepsOf(blocks)
    t.ok(steps.length > 0)
    for (const { command, prints } of steps) t.equal(run(command), prints, command)
  })
