#!/usr/bin/env node
// @ts-check
// Packs what is published: this package, with one optional dependency for each folder of npm/; and the package of one
// platform, with its built addon. In the workspace the optional dependencies are left out: npm would look for them in the
// registry before they are published.
//
//   node scripts/pack-prebuilt.mjs FOLDER [linux-arm64-gnu]
//
// puts two tarballs into FOLDER and prints their paths. Without a platform it is that of this machine; the addon of another
// one must lie in prebuilt/, as a build there puts it.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {{ name: string, version: string, files: string[], main?: string, optionalDependencies?: Record<string, string> }} PackageJson
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const platforms = readdirSync(join(root, 'npm'))

/** @param {string} folder @returns {PackageJson} */
function packageOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/**
 * A copy of the package in `folder`, to be packed: its package.json, with `more`, and what else it needs.
 * @param {string} stage @param {PackageJson} json @param {Record<string, string>} files where each file or folder comes from
 */
function stagePackage(stage, json, files) {
  mkdirSync(stage, { recursive: true })
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(json, null, 2)}\n`)
  for (const [name, from] of Object.entries(files)) cpSync(from, join(stage, name), { recursive: true })
}

/** @param {string[]} stages @param {string} to @returns {string[]} the paths of the tarballs */
function pack(stages, to) {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', to, ...stages]
  /** @type {{ filename: string }[]} */
  const packed = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' }))
  return packed.map(({ filename }) => join(to, filename))
}

/** @param {string} platform `linux-x64-gnu` */
function addonOf(platform) {
  const addon = join(root, 'prebuilt', platform.replace(/-gnu$/, ''), 'anabranch.node')
  if (!existsSync(addon)) throw new Error(`there is no ${addon}: build it there with scripts/build-addon.mjs`)
  return addon
}

/** @param {string} to @param {string} platform */
function packAll(to, platform) {
  if (!platforms.includes(platform))
    throw new Error(`there is no npm/${platform}: it is one of ${platforms.join(', ')}`)
  const main = packageOf(root)
  const folders = platforms.map((each) => packageOf(join(root, 'npm', each)))
  for (const { name, version } of folders)
    if (version !== main.version) throw new Error(`${name} has version ${version}; make it ${main.version}`)
  const stage = mkdtempSync(join(tmpdir(), 'anabranch-pack-'))
  mkdirSync(to, { recursive: true })
  try {
    const built = packageOf(join(root, 'npm', platform))
    const license = join(root, '..', '..', 'LICENSE')
    stagePackage(join(stage, 'built'), built, { 'anabranch.node': addonOf(platform), LICENSE: license })
    const optionalDependencies = Object.fromEntries(folders.map(({ name, version }) => [name, version]))
    const files = main.files.filter((name) => !name.startsWith('!')).concat('README.md')
    stagePackage(
      join(stage, 'main'),
      { ...main, optionalDependencies },
      { ...Object.fromEntries(files.map((name) => [name, join(root, name)])), LICENSE: license },
    )
    return pack([join(stage, 'main'), join(stage, 'built')], to)
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

const [to, platform = `${process.platform}-${process.arch}-gnu`] = argv.slice(2)
try {
  if (to === undefined) throw new Error('say where to: node scripts/pack-prebuilt.mjs FOLDER [PLATFORM]')
  for (const path of packAll(resolve(to), platform)) process.stdout.write(`${path}\n`)
} catch (error) {
  process.stderr.write(`pack-prebuilt: ${/** @type {Error} */ (error).message}\n`)
  process.exitCode = 1
}
