import { join, resolve } from 'node:path'
import { usageError } from '../usage-error.ts'
import { npmChecks } from './npm-checks.ts'
import { entryOf, readPackage } from './package-json.ts'
import type { PluginPackage } from './plugin-package.ts'
import { fileOfField, saidBy, writeJson } from './static-description.ts'

/** A plugin that is published to npm. @throws a usage error where it exports no plugin. */
export function npmPackage(folder: string): PluginPackage {
  const pkg = readPackage(folder)
  const said = saidBy(folder, pkg.anabranch)
  const file = fileOfField(pkg.anabranch)
  const entry = entryOf(pkg, said?.export)
  if (entry === undefined)
    throw said?.export === undefined
      ? usageError('package.json exports nothing', 'say "exports": { ".": { "default": "./dist/index.js" } }')
      : usageError(`package.json does not export "${said.export}"`, 'name one of its exports in "export", or none')
  const about = { version: pkg.version ?? 'none', said, place: file ?? 'the field "anabranch" of package.json' }
  return {
    ...about,
    file: file ?? 'package.json',
    folder,
    entries: [resolve(folder, entry)],
    from: folder,
    write(description) {
      if (file === undefined) writeJson(join(folder, 'package.json'), { ...pkg, anabranch: description })
      else writeJson(join(folder, file), description)
    },
    check: (description) => npmChecks({ folder, pkg, entry, about }, description),
  }
}
