import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test } from 'tap'
import { folderOf } from './files.ts'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** Tells at the end which files of CommonJS were loaded, as RxJS and yaml are. */
const telling = `data:text/javascript,${encodeURIComponent(`
  import { createRequire } from 'node:module'
  const { cache } = createRequire('/')
  process.on('exit', () => process.stderr.write(Object.keys(cache).join('\\n')))
`)}`

const lines = `version: v1
plugins: ['@anabranch/runtime/nodes']
nodes: { lines: { type: JsonLinesSource, params: { path: lines.jsonl } } }
`

async function loaded(cwd: string, ...args: string[]): Promise<{ out: string; files: readonly string[] }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', telling, program, ...args], {
    cwd,
  })
  return { out: stdout, files: stderr.split('\n') }
}

test('a run without operators does not wait for RxJS', async (t) => {
  const at = folderOf(t, { 'p.yaml': lines, 'lines.jsonl': '{"a":1}\n{"a":2}\n' })
  const { out, files } = await loaded(at('.'), 'run', 'p.yaml', '-q')
  t.equal(out, '{"a":1}\n{"a":2}\n')
  t.ok(files.length > 1, 'and what is loaded is told')
  t.same(
    files.filter((file) => file.includes('/rxjs/')),
    [],
  )
})
