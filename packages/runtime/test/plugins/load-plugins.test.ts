import { definePlugin, type Plugin } from '@anabranch/plugin-sdk'
import { loadPlugins, parseManifest, Registry, validate } from '@anabranch/runtime'
import t from 'tap'
import { rejected, thrown } from '../coded.ts'
import { pass } from '../nodes.ts'
import { moduleOf, packageOf, pluginFolder } from './plugin-folder.ts'

// Trials are told of in the process test.
const importMs = 0
const typesOf = (plugins: readonly Plugin[]) => plugins.map(({ nodes }) => nodes.map(({ spec }) => spec.type).join())

t.test('loadPlugins: packages, files and objects, in the order of the list', async (t) => {
  const from = pluginFolder(t, {
    'nodes/a.js': moduleOf('FromJs'),
    'nodes/b.mjs': moduleOf('FromMjs'),
    'nodes/c.ts': moduleOf('FromTs', 'export type Unused = { readonly a: number }\nconst n: number = 1'),
    'nodes/d.cjs': `const { definePlugin } = require('@anabranch/plugin-sdk')
      module.exports = definePlugin({ name: 'common', apiVersion: 1, nodes: [] })`,
    'nodes/e.ts': moduleOf('FromEnum', 'enum Colour { Red }\nexport const red = Colour.Red'),
    ...packageOf('anabranch-plugin-one', moduleOf('FromPackage')),
    ...packageOf('@acme/anabranch-plugin-two', moduleOf('FromScope'), { exports: { import: './index.js' } }),
    ...packageOf('old-style', moduleOf('FromMain'), { main: './index.js' }),
  })
  const own = definePlugin({ name: 'own', apiVersion: 1, nodes: [pass] })
  const list = [
    './nodes/a.js',
    './nodes/b.mjs',
    './nodes/c.ts',
    './nodes/d.cjs',
    './nodes/e.ts',
    `${from}/nodes/a.js`,
    'anabranch-plugin-one',
    '@acme/anabranch-plugin-two',
    'old-style',
    own,
  ]
  const plugins = await loadPlugins(list, { from, importMs })
  t.same(typesOf(plugins), [
    'FromJs',
    'FromMjs',
    'FromTs',
    '',
    'FromEnum',
    'FromJs',
    'FromPackage',
    'FromScope',
    'FromMain',
    'Pass',
  ])
  t.equal(plugins[0], plugins[5], 'one file is one plugin')
  t.equal(plugins.at(-1), own)
  t.same(new Registry(plugins).types.length, 8)
})

t.test('loadPlugins: a package finds itself, and a pipeline below node_modules finds what is above', async (t) => {
  const from = pluginFolder(t, {
    'package.json': JSON.stringify({ name: 'anabranch-plugin-self', type: 'module', exports: './index.js' }),
    'index.js': moduleOf('Self'),
    'examples/deep/pipeline.yaml': '',
    ...packageOf('above', moduleOf('Above')),
  })
  const plugins = await loadPlugins(['anabranch-plugin-self', 'above'], { from: `${from}/examples/deep`, importMs })
  t.same(typesOf(plugins), ['Self', 'Above'])
})

t.test('loadPlugins: only what the list names is imported', async (t) => {
  const touch = (name: string) => `globalThis.touched ??= []\nglobalThis.touched.push('${name}')`
  const from = pluginFolder(t, {
    'a.js': moduleOf('A', touch('a')),
    'b.js': moduleOf('B', touch('b')),
    ...packageOf('anabranch-plugin-c', moduleOf('C', touch('c'))),
  })
  t.teardown(() => Reflect.deleteProperty(globalThis, 'touched'))
  await loadPlugins(['./a.js'], { from, importMs })
  t.same((globalThis as { touched?: string[] }).touched, ['a'])
  t.same(await loadPlugins([], { from }), [])
})

const ABI = (version: string) => `
const error = new Error("The module '/x/old.node'\\nwas compiled against a different Node.js version using\\nNODE_MODULE_VERSION ${version}. This version of Node.js requires\\nNODE_MODULE_VERSION 115.")
error.code = 'ERR_DLOPEN_FAILED'
throw error`

const files = {
  'throws.js': "throw new RangeError('no device')",
  'throws-text.js': "throw 'just text'",
  'lacks.js': "import 'not-there-at-all'",
  'typo.js': 'export default {{',
  'old.js': "export default { name: 'future', apiVersion: 2, nodes: [] }",
  'nothing.js': 'export const plugin = 1',
  'null.js': 'export default null',
  'number.js': 'export default 7',
  'shape.js': "export default { name: 'x', apiVersion: 1, nodes: [{ spec: {} }] }",
  'getter.js': "export default { get name() { throw new Error('got') } }",
  'abi.js': ABI('93'),
  'elf.js': `import { createRequire } from 'node:module'
    createRequire(import.meta.url)('./broken.node')`,
  'broken.node': 'not an addon',
  'missing-binary.js': `import { NotAvailableError } from '@anabranch/plugin-sdk'
    throw new NotAvailableError('there is no binary for this machine', { fix: 'build it' })`,
  'readme.md': '# no module',
  'nodes/gain.js': moduleOf('Gain'),
  ...packageOf('anabranch-plugin-gain', moduleOf('Gain')),
  ...packageOf('left-pad', 'export default (text) => text'),
  ...packageOf('no-entry', '', { exports: { './other': './index.js' } }),
}

/** [entry, code, message, fix] */
const rows: [unknown, 'ANB_PLUGIN' | 'ANB_NOT_AVAILABLE', RegExp, RegExp][] = [
  ['./throws.js', 'ANB_PLUGIN', /"\.\/throws\.js" \(.*throws\.js\) threw when it was imported: no device/, /with node/],
  ['./throws-text.js', 'ANB_PLUGIN', /threw when it was imported: just text/, /with node/],
  ['./lacks.js', 'ANB_PLUGIN', /threw when it was imported: .*not-there-at-all/, /install what it imports/],
  ['./typo.js', 'ANB_PLUGIN', /threw when it was imported: Unexpected token/, /with node/],
  ['./old.js', 'ANB_PLUGIN', /"future" .*has apiVersion 2, this host needs 1/, /install a version of "future"/],
  ['./nothing.js', 'ANB_PLUGIN', /nothing\.js\) is no plugin: it has no default export/, /export default definePlugin/],
  ['./null.js', 'ANB_PLUGIN', /null\.js\) is no plugin/, /definePlugin/],
  ['./number.js', 'ANB_PLUGIN', /number\.js\) is no plugin/, /definePlugin/],
  ['./shape.js', 'ANB_PLUGIN', /nodes\[0\] is no node factory/, /defineNode/],
  ['./getter.js', 'ANB_PLUGIN', /getter\.js\) cannot be read: got/, /plain/],
  [
    './abi.js',
    'ANB_PLUGIN',
    new RegExp(`/x/old\\.node is built for NODE_MODULE_VERSION 93, this .* needs ${process.versions.modules}`),
    /npm rebuild/,
  ],
  ['./elf.js', 'ANB_PLUGIN', /broken\.node cannot be loaded on .*-/, /install a build of it/],
  ['./missing-binary.js', 'ANB_NOT_AVAILABLE', /no binary for this machine/, /build it/],
  ['./readme.md', 'ANB_PLUGIN', /a \.md file is no module/, /\.js, \.mjs/],
  ['./broken.node', 'ANB_PLUGIN', /an addon alone is no plugin/, /nativeNode/],
  ['./nodes', 'ANB_PLUGIN', /is no file/, /name the file/],
  ['./nodes/gian.js', 'ANB_PLUGIN', /there is no file .*gian\.js/, /did you mean "\.\/nodes\/gain\.js"/],
  ['./else/where.js', 'ANB_PLUGIN', /there is no file/, /pipeline's folder/],
  ['./nodes/gain.py', 'ANB_PLUGIN', /there is no file .*gain\.py/, /check its name/],
  ['python:my_nodes', 'ANB_PLUGIN', /there is no module my_nodes/, /pipeline's folder/],
  ['python:my nodes', 'ANB_PLUGIN', /"my nodes" is no name of a module/, /python:my_package/],
  ['anabranch-plugin-gian', 'ANB_PLUGIN', /is not installed: .*did you mean "anabranch-plugin-gain"/, /npm install/],
  ['nodes/gain.js', 'ANB_PLUGIN', /is no package: it is a file/, /^write "\.\/nodes\/gain\.js"$/],
  ['zzzzzzzz', 'ANB_PLUGIN', /"zzzzzzzz" is not installed/, /^npm install zzzzzzzz$/],
  ['@no/such/door', 'ANB_PLUGIN', /is not installed/, /^npm install @no\/such$/],
  ['left-pad', 'ANB_PLUGIN', /"left-pad" .*is no plugin/, /definePlugin/],
  ['no-entry', 'ANB_PLUGIN', /is installed, but cannot be imported/, /"exports" or "main"/],
  ['node:fs', 'ANB_PLUGIN', /neither a package name nor a path/, /begins with/],
  ['fs', 'ANB_PLUGIN', /a part of Node\.js/, /name a package/],
  ['data:text/javascript,process.exit(9)', 'ANB_PLUGIN', /neither a package name nor a path/, /begins with/],
  ['https://example.org/x.js', 'ANB_PLUGIN', /neither a package name nor a path/, /begins with/],
  ['', 'ANB_PLUGIN', /neither a package name nor a path/, /begins with/],
  [7, 'ANB_PLUGIN', /is no plugin/, /definePlugin/],
  [null, 'ANB_PLUGIN', /is no plugin/, /definePlugin/],
  [{ name: 'x', apiVersion: 3, nodes: [] }, 'ANB_PLUGIN', /apiVersion 3, this host needs 1/, /install a version/],
]

t.test('loadPlugins: what cannot be loaded is a coded error that says who, what and the way out', async (t) => {
  const from = pluginFolder(t, files)
  for (const [entry, code, message, fix] of rows) {
    const error = await rejected(code, loadPlugins([entry as string], { from, importMs }))
    t.match(error.message, message, String(entry))
    t.match(error.fix, fix, `fix of ${entry}`)
  }
})

t.test('loadPlugins: of a pipeline in a file, each of them is told with its line and column', async (t) => {
  const from = pluginFolder(t, files)
  for (const [entry, code, message, fix] of rows) {
    if (typeof entry !== 'string') continue // A file has no objects, and what is no text is refused by its schema.
    const text = `version: v1\nplugins:\n  - ./nodes/gain.js\n  - ${JSON.stringify(entry)}\nnodes: { a: { type: Gain } }\n`
    const manifest = parseManifest(text, { file: 'pipeline.yaml', env: {} })
    const { problems } = await validate(manifest, { from, importMs })
    const [problem, ...others] = problems.filter(({ path }) => path === 'plugins.1')
    t.match(problem, { code, file: 'pipeline.yaml', line: 4, column: 5, message, fix }, entry)
    t.same(others, [])
  }
})

t.test('loadPlugins: a type that two plugins of a file offer is told at the second', async (t) => {
  const from = pluginFolder(t, files)
  const text = 'version: v1\nplugins: [./nodes/gain.js, anabranch-plugin-gain]\nnodes: { a: { type: Gain } }\n'
  const { problems } = await validate(parseManifest(text, { file: 'pipeline.yaml', env: {} }), { from, importMs })
  t.match(problems[0], {
    code: 'ANB_PLUGIN',
    line: 2,
    column: 28,
    message: /"Gain" is there twice: from plugin "of-Gain" and from plugin "of-Gain"/,
    fix: /alias|one of them/,
  })
})

t.test('loadPlugins: several problems come at once, each with its place in the list', async (t) => {
  const from = pluginFolder(t, files)
  const error = await rejected(
    'ANB_MANIFEST',
    loadPlugins(['./throws.js', './nodes/gain.js', 'python:x'], { from, importMs }),
  )
  t.match(error.message, /2 plugins cannot be loaded/)
  t.match(error.issues, [
    { path: 'plugins.0', code: 'ANB_PLUGIN', message: /no device/ },
    { path: 'plugins.2', code: 'ANB_PLUGIN', message: /no module x/ },
  ])
})

t.test('loadPlugins: two plugins with one type are told apart by the registry, naming both', async (t) => {
  const from = pluginFolder(t, { 'a.js': moduleOf('Gain'), 'b.js': moduleOf('Gain').replace('of-Gain', 'other') })
  const plugins = await loadPlugins(['./a.js', './b.js'], { from, importMs })
  const error = thrown('ANB_PLUGIN', () => new Registry(plugins))
  t.match(error.message, /"Gain" is there twice: from plugin "of-Gain" and from plugin "other"/)
})
