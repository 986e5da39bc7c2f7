import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/** This file is built to test/.build/e2e/. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const doc = readFileSync(join(root, 'docs', 'first-pipeline.md'), 'utf8')

/** The fenced blocks of the tutorial, by the name behind their language. */
const blocks = new Map(
  [...doc.matchAll(/^```\w+ (.+)\n([\s\S]*?)^```$/gm)].map(([, name = '', content = '']) => [name, content] as const),
)

t.test('docs/first-pipeline.md: its files, run as it says, print what it says', async (t) => {
  // Inside the repository, so that packages are found as they are where they were installed.
  const folder = mkdtempSync(join(root, 'test', '.build', 'tutorial-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of blocks) {
    if (name.startsWith('output of ')) continue
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const outputs = [...blocks].filter(([name]) => name.startsWith('output of '))
  t.equal(outputs.length, 2)
  for (const [name, expected] of outputs) {
    const program = name.slice('output of '.length)
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 30_000,
      env: { ...process.env, NO_COLOR: '1' },
    })
    t.equal(status, 0, `${program}: ${stderr}`)
    t.equal(stdout, expected, program)
  }
})
