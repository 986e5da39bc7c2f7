// @ts-check
/**
 * Writes bundle/: the built command and runtime, with what they need to read a pipeline, in few files. Most of the time of
 * a short command goes to finding and reading modules. dist/main.js uses it while nothing was built after it.
 *
 * What is there and current is not written again; to another folder, `node scripts/bundle.mjs FOLDER`, it always is.
 *
 * What plugins import as well stays outside, so that there is one copy of it: the SDK, RxJS, zod.
 */
import { renameSync, rmSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const cli = fileURLToPath(new URL('..', import.meta.url))
const runtime = join(cli, '..', 'runtime')
const [, , given] = process.argv
const folder = given ?? join(cli, 'bundle')

const changed = (/** @type {string[]} */ ...path) => statSync(join(...path), { throwIfNoEntry: false })?.mtimeMs ?? 0
const built = Math.max(...[cli, runtime].map((root) => changed(root, 'dist', '.tsbuildinfo')))
if (given === undefined && built < changed(folder, 'anabranch.js')) process.exit()

/** Packages that are put in; and of our own the runtime, without its nodes, which are a plugin like others. */
const PUT_IN = ['@anabranch/runtime', 'commander', 'import-meta-resolve', 'picocolors', 'yaml']

/** What is needed at the same time is one file: for help, to check a pipeline, and to run one. */
const TOGETHER = [
  {
    name: 'start',
    test: /\/commander\/|\/cli\/dist\/(exit-code|command-options|program|version|run\/run-options)\.js$|^\0/,
  },
  {
    name: 'check',
    test: /\/(yaml|picocolors|import-meta-resolve)\/|\/runtime\/dist\/(manifest|graph|plugins|registry)\/|\/runtime\/dist\/[^/]+\.js$|\/cli\/dist\/(pipeline|text)\/|\/cli\/dist\/nodes\/own-plugins\.js$/,
  },
  { name: 'values', test: /\/runtime\/dist\/(executor\/(ledger|paced)|nodes\/(json-line|lines|parsed-line))\.js$/ },
  { name: 'engine', test: /\/runtime\/dist\/(executor|edges|placement|telemetry|sinks|sources|nodes)\// },
  { name: 'run', test: /\/cli\/dist\/(verbs\/run\.js|run\/|audio\/|view\/(summary|silent|time-text|progress))/ },
]

/** @param {string} id of a module, or as it is imported */
const staysOutside = (id) => !/^[./\0]/.test(id) && !PUT_IN.includes(id)

/** What a file of ours says of its place is where it lies in dist/, beside the programs and pages that it starts and reads. */
const inPlace = {
  name: 'in-place',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    const own = [cli, runtime].find((root) => id.startsWith(join(root, 'dist') + sep))
    if (own === undefined || !code.includes('import.meta.url')) return null
    // Put in, and run when it is first required.
    const put = code.includes("require('yaml')") ? code.replace(/^const require = createRequire\(.*\n/m, '') : code
    const path = JSON.stringify(`./${relative(join(own, 'dist'), id)}`)
    const base = own === cli ? "new URL('../dist/', import.meta.url)" : "import.meta.resolve('@anabranch/runtime')"
    return put.replaceAll('import.meta.url', `new URL(${path}, ${base}).href`)
  },
}

const build = await rolldown({
  input: { anabranch: join(cli, 'dist', 'anabranch.js') },
  platform: 'node',
  external: staysOutside,
  plugins: [inPlace],
})
const fresh = `${folder}.${process.pid}`
await build.write({
  dir: fresh,
  format: 'esm',
  chunkFileNames: '[name].js',
  comments: { legal: true },
  codeSplitting: { groups: TOGETHER },
})
await build.close()
rmSync(folder, { recursive: true, force: true })
renameSync(fresh, folder)
