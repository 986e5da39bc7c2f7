import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { test } from 'tap'
import { root } from './command.ts'

t.setTimeout(120_000)

test('README: the program in it prints the captions, and its books balance', async (t) => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
  const folder = mkdtempSync(join(root, 'test', '.build', 'readme-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'program.mjs')
  writeFileSync(file, code.replaceAll("'./examples/", `'${root}examples/`))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { cwd: root })
  t.match(stdout, /^1\d{3}(\.\d)? -3\d\.\d+ It was the best of times/)
  t.match(stdout, /accepted: 2219,\n +delivered: 2219,[\s\S]*balanced: true/)
  t.equal(stderr, '')
})
