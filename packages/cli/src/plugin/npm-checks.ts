import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { descriptionChecks } from './description-checks.ts'
import { check, foundAndLicensed, type PackageCheck } from './package-check.ts'
import type { PackageJson } from './package-json.ts'
import type { PluginDescription } from './plugin-description.ts'
import type { PluginPackage } from './plugin-package.ts'
import { fileOfField } from './static-description.ts'
import { lostTypes } from './types-check.ts'

const SDK = '@anabranch/plugin-sdk'
/** What runs graphs, and brings the SDK with it. */
const HOST = '@anabranch/runtime'
/** By the convention, or in the scope of the project, where nobody else publishes: either tells whose nodes they are. */
const NAME = /^((@[^/]+\/)?anabranch-plugin-[a-z0-9][a-z0-9._-]*|@anabranch\/[a-z0-9][a-z0-9._-]*)$/
const SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare']
const TESTS = /(^|\/)tests?\//

interface NpmPackage {
  readonly folder: string
  readonly pkg: PackageJson
  readonly entry: string
  readonly about: Pick<PluginPackage, 'said' | 'place' | 'version'>
}

/** Everything about a package of npm that needs no run of its nodes. None of its scripts runs. */
export async function npmChecks(
  { folder, pkg, entry, about }: NpmPackage,
  description: PluginDescription,
): Promise<PackageCheck[]> {
  const files = await packedFiles(folder)
  const scripts = SCRIPTS.filter((script) => pkg.scripts?.[script] !== undefined)
  const tests = files.find((file) => TESTS.test(file))
  const unpacked = [entry.replace(/^\.\//, ''), fileOfField(pkg.anabranch)].find(
    (file) => file !== undefined && !files.includes(file),
  )
  return [
    check(
      'name',
      NAME.test(pkg.name ?? ''),
      `it is called ${pkg.name}`,
      'call it anabranch-plugin-x or @scope/anabranch-plugin-x',
    ),
    ...foundAndLicensed(pkg, files),
    check(
      'engines',
      pkg.engines?.node !== undefined,
      'it does not say which Node.js it needs',
      'say "engines": { "node": ">=20.19" }',
    ),
    check('module', pkg.type === 'module', 'its type is not "module"', 'say "type": "module"'),
    check('sdk', takesTheSdk(pkg), `${SDK} is no peer dependency`, 'move it to peerDependencies: hosts bring it'),
    check(
      'scripts',
      scripts.length === 0,
      `it has install scripts: ${scripts.join(', ')}`,
      'ship what they would make',
    ),
    check(
      'entry',
      unpacked === undefined,
      `${unpacked} is not among the files that are packed`,
      'name it in files, and build before',
    ),
    check('tests', tests === undefined, `tests are packed: ${tests}`, 'leave them out of files'),
    await published(folder, files),
    typed(folder, files),
    ...descriptionChecks(about, description),
  ]
}

/** From whoever runs it. A package that is a host itself, or brings one, brings the SDK with it. */
function takesTheSdk({ name, dependencies, peerDependencies }: PackageJson): boolean {
  if (name === HOST || dependencies?.[HOST] !== undefined) return true
  return peerDependencies?.[SDK] !== undefined && dependencies?.[SDK] === undefined
}

/** What publint says of it, as it is packed. */
async function published(folder: string, files: readonly string[]): Promise<PackageCheck> {
  const [{ publint }, { formatMessage }] = await Promise.all([import('publint'), import('publint/utils')])
  const packed = files.map((name) => ({ name: `package/${name}`, data: readFileSync(join(folder, name)) }))
  const { messages, pkg } = await publint({ pkgDir: 'package', level: 'warning', pack: { files: packed } })
  const said = messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code)
  return check('publint', said.length === 0, said.join('; '), 'see https://publint.dev/rules')
}

function typed(folder: string, files: readonly string[]): PackageCheck {
  const lost = lostTypes(folder, files)
  return check('types', lost.length === 0, lost.join('; '), 'pack what declarations import')
}

/** The files that npm would pack, without running any script of the package. */
async function packedFiles(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: folder,
    maxBuffer: 1 << 26,
  })
  const [packed] = JSON.parse(stdout) as { readonly files: readonly { readonly path: string }[] }[]
  return (packed?.files ?? []).map(({ path }) => path)
}
