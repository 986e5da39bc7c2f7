import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from './command.ts'

const doc = readFileSync(join(root, 'docs', 'command-line.md'), 'utf8')
const blocks = [...doc.matchAll(/^```(\w+)(?: (.+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language, name = '', content = '']) => ({
    language,
    name,
    content,
  }),
)

/** Commands of a block, each with what it prints. */
function steps(content: string): { command: string; prints: string }[] {
  return content
    .split(/^\$ /m)
    .slice(1)
    .map((step) => ({ command: step.slice(0, step.indexOf('\n')), prints: step.slice(step.indexOf('\n') + 1) }))
}

t.test('docs/command-line.md: its commands print what it says', async (t) => {
  // Inside the repository, so that packages are found as they are where they were installed.
  const folder = mkdtempSync(join(root, 'test', '.build', 'command-line-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const { language, name, content } of blocks) if (language === 'yaml') writeFileSync(join(folder, name), content)
  mkdirSync(join(folder, 'bin'))
  const program = join(folder, 'bin', 'anabranch')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'packages/cli/dist/main.js')}' "$@"\n`)
  chmodSync(program, 0o755)
  const env = { ...process.env, NO_COLOR: '1', PATH: `${join(folder, 'bin')}:${process.env.PATH}` }
  const all = blocks.filter(({ language }) => language === 'console').flatMap(({ content }) => steps(content))
  t.ok(all.length >= 9)
  for (const { command, prints } of all) {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd: folder, encoding: 'utf8', env })
    const said = `${stderr}${stdout}${status === 0 ? '' : `[exit code ${status}]\n`}`
    // How long a case took is no part of the promise.
    t.equal(said.replace(/(✓ .+?) \d+ ms$/gm, '$1'), prints, command)
  }
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
