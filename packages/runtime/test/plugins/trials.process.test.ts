import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPlugins, parseManifest, validate } from '@anabranch/runtime'
import t from 'tap'
import { rejected } from '../coded.ts'
import { settled } from '../scenario.ts'
import { moduleOf, pluginFolder } from './plugin-folder.ts'

// What was tried is remembered there.
process.env.ANABRANCH_CACHE = mkdtempSync(join(tmpdir(), 'anabranch-cache-'))
t.teardown(() => rmSync(process.env.ANABRANCH_CACHE as string, { recursive: true, force: true }))

const files = {
  'good.js': moduleOf('Good'),
  'good.ts': moduleOf('GoodTs', 'const n: number = 1'),
  'exits.js': 'process.exit(3)',
  'exits-well.ts': 'const code: number = 0\nprocess.exit(code)',
  'kills.js': "process.kill(process.pid, 'SIGKILL')",
  'aborts.js': 'process.abort()',
  'loops.js': 'for (;;) {}',
  'loops-shouting.js': "for (;;) console.log('x'.repeat(1000))",
  'waits.js': 'await new Promise(() => {})',
  'sleeps.js': 'setInterval(() => {}, 1000)\nawait new Promise(() => {})',
  'throws.js': "throw new Error('once more')",
}

/** [file, message] */
const rows: [string, RegExp][] = [
  ['exits.js', /ended the process when it was imported \(exit code 3\)/],
  ['exits-well.ts', /ended the process when it was imported \(exit code 0\)/],
  ['kills.js', /killed the process when it was imported \(SIGKILL\)/],
  ['aborts.js', /killed the process when it was imported \(SIGABRT\)/],
  ['loops.js', /did not come back from its import within 700 ms/],
  ['loops-shouting.js', /did not come back from its import within 700 ms/],
  ['waits.js', /waits forever at its top level/],
  ['sleeps.js', /did not come back from its import within 700 ms/],
  ['throws.js', /threw when it was imported: once more/],
]

for (const [file, message] of rows)
  t.test(`loadPlugins: ${file} is told, and this process lives`, async (t) => {
    const from = pluginFolder(t, files)
    // A busy machine may be slow to end a process: only what never comes back meets the limit.
    const importMs = message.source.includes('700 ms') ? 700 : 8000
    const error = await rejected('ANB_PLUGIN', loadPlugins([`./${file}`], { from, importMs }))
    t.match(error.message, message)
    t.match(error.message, file)
    t.type(error.fix, 'string')
    const text = `version: v1\nplugins:\n  - ./${file}\nnodes: { a: { type: Good } }\n`
    const manifest = parseManifest(text, { file: 'pipeline.yaml', env: {} })
    const { problems } = await validate(manifest, { from, importMs })
    t.match(
      problems,
      [{ code: 'ANB_PLUGIN', line: 3, column: 5, message, fix: error.fix }],
      'in a file, with its place',
    )
  })

t.test('loadPlugins: those beside a bad one are tried and told all the same', async (t) => {
  const from = pluginFolder(t, files)
  const list = ['./good.js', './exits.js', './loops.js', './good.ts', './throws.js']
  // Enough for a good one on a busy machine.
  const { issues } = await rejected('ANB_MANIFEST', loadPlugins(list, { from, importMs: 5000 }))
  t.match(issues, [
    { path: 'plugins.1', message: /exit code 3/ },
    { path: 'plugins.2', message: /did not come back/ },
    { path: 'plugins.4', message: /once more/ },
  ])
  t.equal(issues.length, 3)
  const good = await loadPlugins(['./good.js', './good.ts'], { from })
  t.same(
    good.map(({ name }) => name),
    ['of-Good', 'of-GoodTs'],
  )
})

t.test('loadPlugins: a loop is ended after two seconds as shipped, and no process is left', async (t) => {
  const from = pluginFolder(t, {
    'counts.js': `
      import { openSync, writeSync } from 'node:fs'
      const file = openSync(new URL('./spent', import.meta.url), 'w')
      for (;;) {
        const { user, system } = process.cpuUsage()
        writeSync(file, String((user + system) / 1000).padEnd(20), 0)
      }`,
  })
  const { message } = await rejected('ANB_PLUGIN', loadPlugins(['./counts.js'], { from }))
  t.match(message, /did not come back from its import within 2000 ms/)
  // A loop uses at most the time it is given, and on a busy machine less.
  const spent = Number(readFileSync(join(from, 'spent'), 'utf8'))
  t.ok(spent > 0 && spent < 4000, `${spent} ms of work`)
  await settled()
  t.notOk(process.getActiveResourcesInfo().includes('ProcessWrap'))
})

t.test('loadPlugins: what a busy machine keeps from its work has its time all the same', async (t) => {
  const importMs = 1500
  // 0.7 s of work, in its trial alone, behind others that are always at work.
  const from = pluginFolder(t, {
    'works.js': moduleOf(
      'Works',
      `import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
const begun = performance.now()
const before = process.cpuUsage()
const worked = () => Object.values(process.cpuUsage(before)).reduce((sum, us) => sum + us / 1000, 0)
if (process.argv[1].endsWith('import-trial.js')) {
  setPriority(5)
  while (worked() < 700);
  writeFileSync(new URL('./took', import.meta.url), String(performance.now() - begun))
}`,
    ),
  })
  const busy = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn(
      process.execPath,
      [
        '-e',
        "require('node:os').setPriority(5); console.log(); for (const end = Date.now() + 60000; Date.now() < end;);",
      ],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    ),
  )
  const end = () => {
    for (const child of busy) child.kill('SIGKILL')
  }
  t.teardown(end)
  await Promise.all(busy.map(({ stdout }) => once(stdout, 'data')))
  const [plugin] = await loadPlugins(['./works.js'], { from, importMs })
  end()
  t.equal(plugin?.name, 'of-Works')
  t.ok(Number(readFileSync(join(from, 'took'), 'utf8')) > importMs, 'it was kept waiting for longer than it has')
})

t.test('loadPlugins: what was tried is tried again where anything that it imports has changed', async (t) => {
  const from = pluginFolder(t, {
    'helper.js': 'export const n = 1',
    'good.js': moduleOf(
      'Good',
      `import { appendFileSync } from 'node:fs'
import './helper.js'
appendFileSync(new URL('log', import.meta.url), '|')`,
    ),
    'throws.js':
      "import { appendFileSync } from 'node:fs'\nappendFileSync(new URL('threw', import.meta.url), '|')\nthrow new Error('no')",
  })
  // Only the first import of this process runs the code here; each trial does.
  const imports = (log: string) => readFileSync(join(from, log), 'utf8').length
  const load = () => loadPlugins(['./good.js'], { from, importMs: 8000 })
  await load()
  t.equal(imports('log'), 2, 'a trial, and here')
  await load()
  t.equal(imports('log'), 2)
  writeFileSync(join(from, 'helper.js'), 'export const n = 12')
  await load()
  t.equal(imports('log'), 3, 'a trial')
  writeFileSync(join(from, 'helper.js'), 'for (;;) {}')
  await rejected('ANB_PLUGIN', loadPlugins(['./good.js'], { from, importMs: 700 }))
  for (const times of [2, 3]) {
    await rejected('ANB_PLUGIN', loadPlugins(['./throws.js'], { from, importMs: 8000 }))
    t.equal(imports('threw'), times, 'what threw is tried each time')
  }
})

t.test('loadPlugins: known ones are imported without a trial, the others with one', async (t) => {
  const counts = (log: string) =>
    moduleOf(
      `Of${log}`,
      `import { appendFileSync } from 'node:fs'\nappendFileSync(new URL('${log}', import.meta.url), '|')`,
    )
  const from = pluginFolder(t, { 'known.js': counts('A'), 'other.js': counts('B') })
  await loadPlugins(['./known.js', './other.js'], { from, importMs: 8000, known: ['./known.js'] })
  const imports = (log: string) => readFileSync(join(from, log), 'utf8').length
  t.same([imports('A'), imports('B')], [1, 2])
})
