// @ts-check
import { join } from 'node:path'
import { run } from './lib/command.mjs'
import { runMain } from './lib/problem.mjs'
import { findPython } from './lib/python-environment.mjs'
import { root } from './lib/root.mjs'
import { setUp } from './lib/set-up.mjs'
import { seconds } from './lib/stages.mjs'

/** @typedef {{ name: string, command: string, args: string[], cwd?: string, fix: string }} Check */

const packages = ['plugin-sdk', 'runtime', 'nodes-native', 'nodes-python', 'cli']

const node = process.execPath
const rust = join(root, 'packages', 'nodes-native')
const pythonFolder = join(root, 'packages', 'nodes-python', 'python')

/**
 * Two lanes that run side by side; the checks of one lane wait for each other.
 * @param {string} python
 * @returns {Check[][]}
 */
const lanes = (python) => [
  [
    {
      name: 'Biome',
      command: node,
      args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=200', '.'],
      fix: 'npm run format mends most of it',
    },
    { name: 'TypeScript', command: node, args: ['node_modules/typescript/bin/tsc', '-b'], fix: 'correct the errors' },
    {
      name: 'imports',
      command: node,
      args: ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'packages', 'examples', 'test'],
      fix: 'the rules are in .dependency-cruiser.mjs',
    },
    {
      name: 'Pyright',
      command: node,
      args: ['node_modules/pyright/index.js', '--project', pythonFolder, '--pythonpath', python],
      fix: 'correct the errors',
    },
    { name: 'references', command: node, args: ['scripts/docs.mjs', '--check'], fix: 'run npm run docs' },
    ...packages.map((name) => ({
      name: `publint ${name}`,
      command: node,
      args: ['node_modules/publint/src/cli.js', `packages/${name}`, '--level', 'warning'],
      fix: `correct packages/${name}/package.json`,
    })),
  ],
  [
    { name: 'rustfmt', command: 'cargo', args: ['fmt', '--all', '--check'], cwd: rust, fix: 'run cargo fmt' },
    { name: 'ruff', command: python, args: ['-m', 'ruff', 'check', '.'], cwd: pythonFolder, fix: 'ruff check --fix' },
    {
      name: 'ruff format',
      command: python,
      args: ['-m', 'ruff', 'format', '--check', '.'],
      cwd: pythonFolder,
      fix: 'run ruff format',
    },
    {
      name: 'Clippy',
      command: 'cargo',
      args: ['clippy', '--workspace', '--all-targets', '--locked', '--', '-D', 'warnings'],
      cwd: rust,
      fix: 'correct the warnings',
    },
  ],
]

/** @param {Check} check @returns {Promise<boolean>} */
async function runCheck({ name, command, args, cwd = root, fix }) {
  const start = performance.now()
  const { code, output } = await run(command, args, { cwd })
  const time = seconds(performance.now() - start)
  if (code === 0) process.stdout.write(`✓ ${name}  ${time}\n`)
  else process.stdout.write(`\n${output.trimEnd()}\n✗ ${name}  ${time}: ${fix}\n\n`)
  return code === 0
}

/** @param {readonly Check[]} lane @returns {Promise<string[]>} the names of those that failed */
async function runLane(lane) {
  const failed = []
  for (const check of lane) if (!(await runCheck(check))) failed.push(check.name)
  return failed
}

await runMain(async () => {
  await setUp({ typescript: false })
  const all = lanes(await findPython())
  const failed = (await Promise.all(all.map(runLane))).flat()
  const total = all.flat().length
  const names = failed.length > 0 ? `: ${failed.join(', ')}` : ''
  process.stdout.write(`${total - failed.length} of ${total} checks passed${names && `; failed${names}`}\n`)
  return failed.length > 0 ? 1 : 0
})
