import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const anabranch = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('tells its version', async (t) => {
  t.same(anabranch('--version'), { status: 0, stdout: `${version}\n`, stderr: '' })
})

test('tells its usage', async (t) => {
  t.match(anabranch('--help'), { status: 0, stdout: /^Usage: anabranch/, stderr: '' })
  t.same(anabranch(), anabranch('--help'))
})

test('refuses what it does not know, in one line', async (t) => {
  const refused = anabranch('run', 'x.yaml')
  t.equal(refused.status, 2)
  t.equal(refused.stdout, '')
  t.equal(refused.stderr, 'anabranch: unknown command "run"; see anabranch --help\n')
})
