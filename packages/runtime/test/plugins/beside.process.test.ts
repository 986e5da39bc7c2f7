import { execFileSync } from 'node:child_process'
import { createExecutor, type Manifest, validate } from '@anabranch/runtime'
import t from 'tap'
import { rejected } from '../coded.ts'
import { moduleOf, packageOf, pluginFolder } from './plugin-folder.ts'

/** An addon that registers itself as one of Node.js 16 does (NODE_MODULE_VERSION 93), by what node.h has for it. */
const OLD_ADDON = `
struct node_module {
  int version; unsigned flags; void *handle; const char *file; void *made; void *made_in; const char *name; void *more; struct node_module *next;
};
extern void node_module_register(void *);
static struct node_module old = { 93, 0, 0, "old.c", (void *)1, 0, "old", 0, 0 };
__attribute__((constructor)) static void begin(void) { node_module_register(&old); }
`
const loads = (addon: string) => `import { createRequire } from 'node:module'
  createRequire(import.meta.url)('${addon}')
  ${moduleOf('Bad')}`

const files = {
  'good.js': moduleOf('Good'),
  'throws.js': moduleOf('Bad', "throw new RangeError('no device')"),
  'exits.js': moduleOf('Bad', 'process.exit(3)'),
  'kills.js': moduleOf('Bad', "process.kill(process.pid, 'SIGKILL')"),
  'loops.js': moduleOf('Bad', 'for (;;);'),
  'waits.js': moduleOf('Bad', 'await new Promise(() => {})'),
  'later.js': moduleOf('Bad').replace('apiVersion: 1', 'apiVersion: 2'),
  'twice.js': moduleOf('Good'),
  'old.c': OLD_ADDON,
  'abi.js': loads('./old.node'),
  'half.js': loads('./half.node'),
  'half.node': 'not an addon',
  ...packageOf('left-pad', 'export default (text) => text'),
}

/** [plugin, message, fix]: who has what, what is needed, the way out. */
const rows: [string, RegExp, RegExp][] = [
  ['./throws.js', /throws\.js\) threw when it was imported: no device at .*throws\.js:\d+:\d+/, /with node/],
  ['./exits.js', /exits\.js\) ended the process when it was imported \(exit code 3\)/, /prepare\(\)/],
  ['./kills.js', /kills\.js\) killed the process when it was imported \(SIGKILL\)/, /with node/],
  ['./loops.js', /loops\.js\) did not come back from its import within 4000 ms/, /prepare\(\)/],
  ['./waits.js', /waits\.js\) waits forever at its top level/, /prepare\(\)/],
  ['./later.js', /later\.js.* plugin "of-Bad" .* has apiVersion 2, this host needs 1/, /install a version of "of-Bad"/],
  ['./twice.js', /"Good" is there twice: from plugin "of-Good" and from plugin "of-Good"/, /one of the plugins/],
  [
    './abi.js',
    new RegExp(`old\\.node is built for NODE_MODULE_VERSION 93, this Node\\.js .* needs ${process.versions.modules}`),
    /npm rebuild/,
  ],
  ['./half.js', /half\.node cannot be loaded on/, /install a build of it/],
  ['left-pad', /"left-pad" .*is no plugin/, /definePlugin/],
]

const pipeline = (plugins: readonly string[]) =>
  ({
    version: 'v1',
    plugins,
    inputs: { given: { kind: 'text' } },
    nodes: { a: { type: 'Good', in: { input: 'given' } } },
  }) as unknown as Manifest

t.test('a bad plugin is told alone, and the others work on, in this process and in the next pipeline', async (t) => {
  const from = pluginFolder(t, files)
  execFileSync('cc', ['-shared', '-fPIC', '-Wl,--unresolved-symbols=ignore-all', '-o', 'old.node', 'old.c'], {
    cwd: from,
  })
  const options = { from, importMs: 4000 }
  const running = await createExecutor(pipeline(['./good.js']), options)
  const session = await running.open()
  const outputs = session.outputs[Symbol.asyncIterator]()
  let sent = 0
  for (const [bad, message, fix] of rows) {
    const error = await rejected('ANB_PLUGIN', createExecutor(pipeline(['./good.js', bad]), options))
    t.match(error.message, message, bad)
    t.match(error.fix, fix, bad)
    const { problems } = await validate(pipeline([bad, './good.js']), options)
    // Of two with one type, the second is at fault, whichever it is.
    const path = bad === './twice.js' ? 'plugins.1' : 'plugins.0'
    t.match(problems, [{ path, code: 'ANB_PLUGIN', message }], `${bad}: the only problem`)
    await session.send({ given: `${++sent}` } as never)
    t.equal((await outputs.next()).value.value, `${sent}`, 'what runs already runs on')
  }
  t.match(await session.end(), { accepted: rows.length, delivered: rows.length, balanced: true })
  await running.close()
  const next = await createExecutor(pipeline(['./good.js']), options)
  t.equal((await next.execute({ given: 'x' } as never)).get('a.output' as never), 'x')
  await next.close()
})
