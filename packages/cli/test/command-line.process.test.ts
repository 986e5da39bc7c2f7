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

test('refuses what it does not know, and says what was meant', async (t) => {
  const refused = anabranch('validat', 'x.yaml')
  t.equal(refused.status, 2)
  t.equal(refused.stdout, '')
  t.match(refused.stderr, /^anabranch: unknown command 'validat'\n\(Did you mean validate\?\)\n/)
})

test('the completion of bash offers verbs, options and files', async (t) => {
  const { stdout: script } = anabranch('completion', 'bash')
  const complete = (...words: string[]) => {
    const ask = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}\n_anabranch; printf '%s\\n' "\${COMPREPLY[@]}"`
    return spawnSync('bash', ['-c', ask], { encoding: 'utf8', cwd: fileURLToPath(new URL('..', import.meta.url)) })
      .stdout
  }
  t.equal(complete('anabranch', 'val'), 'validate\n')
  t.equal(complete('anabranch', 'validate', '--js'), '--json\n')
  t.match(complete('anabranch', 'validate', 'pack'), /^package\.json\n/)
  for (const shell of ['zsh', 'fish']) t.match(anabranch('completion', shell).stdout, /validate/)
  t.match(anabranch('completion', 'tcsh'), { status: 2, stderr: /name one of bash, zsh, fish/ })
})
