import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test } from 'tap'
import { folderOf } from './files.ts'

const run = promisify(execFile)
const ours = fileURLToPath(new URL('..', import.meta.url))
const wrong = 'version: v1\nnodes: { a: { type: NoSuchNode, params: { x: 1 } } }\n'

interface Told {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What the command in a folder of its own says, and how it ended. */
async function told(folder: string, args: readonly string[], cwd: string): Promise<Told> {
  const program = `${folder}/dist/main.js`
  return run(process.execPath, [program, ...args], { cwd }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Told) => ({ code, stdout, stderr }),
  )
}

test('the bundle says what the files of the build say, until something is built after it', async (t) => {
  const at = folderOf(t, { 'wrong.yaml': wrong, 'right.yaml': 'version: v1\nnodes: {}\n' })
  const folder = at('installed')
  for (const name of ['dist', 'errors', 'package.json'])
    cpSync(`${ours}${name}`, `${folder}/${name}`, { recursive: true })
  rmSync(`${folder}/dist/.tsbuildinfo`)
  const of = (...args: string[]) => told(folder, args, at('.'))
  const all = () =>
    Promise.all([
      of('--help'),
      of('--version'),
      of('validate', 'wrong.yaml', 'right.yaml', 'missing.yaml'),
      of('run', 'right.yaml'),
      of('explain', 'ANB_CYCLE'),
      of('nodes', 'json'),
      of('nonsense'),
    ])
  const built = await all()
  t.same(
    built.map(({ code }) => code),
    [0, 0, 3, 3, 0, 0, 2],
  )
  await run(process.execPath, [`${ours}scripts/bundle.mjs`, `${folder}/bundle`])
  appendFileSync(`${folder}/bundle/anabranch.js`, '\nprocess.stderr.write("bundled\\n")\n')
  const bundled = await all()
  t.same(
    bundled,
    built.map((one) => ({ ...one, stderr: `bundled\n${one.stderr}` })),
  )

  writeFileSync(`${folder}/dist/.tsbuildinfo`, '')
  const later = Date.now() / 1000 + 10
  utimesSync(`${folder}/dist/.tsbuildinfo`, later, later)
  t.same(await of('--help'), built[0], 'what was built later is used')
})
