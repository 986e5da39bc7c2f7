import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { expandUses } from './expand-uses.ts'
import { IssueList, manifestError, type Problem } from './issue-list.ts'
import type { Manifest } from './manifest.ts'
import { checkOutputs, type ManifestOptions, manifestOf, readOptions } from './parse-manifest.ts'
import { Places } from './places.ts'
import { type ReadFile, type ReadOptions, readFileText } from './read-manifest.ts'
import { SourceText, type Spot } from './source-text.ts'

/**
 * The manifest of a YAML or JSON file, in either form, with the files that it uses filled in. Where each part was
 * written rides along unseen, so that `createExecutor` can say it.
 *
 * A node `clean: { use: ./clean.yaml, params, in }` becomes the nodes of that file, as `clean--gain` and so on; its
 * `inputs` are fed by `in`, and its `outputs` are read as `clean.name`. Used files lie in the folder of the first file
 * or below.
 *
 * @throws ManifestError with every problem of all files, each with file, line and column.
 */
export async function loadManifest(file: string, options: ManifestOptions = {}): Promise<Manifest> {
  const { manifest, issues } = await readManifest(file, options)
  issues.throwIfAny(file)
  return manifest as Manifest
}

/** The same with its problems beside it; no manifest where too much is wrong to make one. */
export async function readManifest(
  file: string,
  options: ManifestOptions,
): Promise<{ readonly manifest: Manifest | null; readonly issues: IssueList }> {
  const issues = new IssueList()
  const places = new Places()
  const path = resolve(file)
  const root = dirname(await realpath(path).catch(() => path))
  const top = readOptions(file, options)
  let parts = 0
  /** A file that is used a thousand times is looked up and read once; one that cannot be is told at each place. */
  const found = { bytes: new Map<string, Uint8Array | null>(), real: new Map<string, string>() }
  const once = async <T>(known: Map<string, T>, at: string, find: () => Promise<T>): Promise<T> => {
    const before = known.get(at)
    if (before !== undefined && before !== null) return before
    const value = await find()
    known.set(at, value)
    return value
  }
  const read = async (at: string, own: ReadOptions, by: Spot, parents: readonly string[]): Promise<ReadFile | null> => {
    const limit = options.limits?.manifest_bytes ?? LIMITS.manifest_bytes
    const bytes = await once(found.bytes, at, () => bytesOf(at, own.name, limit, by, issues))
    const part = bytes === null ? null : coded(() => readFileText(bytes, own, issues, places), issues)
    if (part === null) return null
    checkOutputs(part)
    return expandUses(part, async (use, set, spot) => {
      const target = resolve(dirname(at), use)
      const problem = await refused(use, target, [...parents, at])
      if (problem !== null) {
        issues.add(problem, spot)
        return null
      }
      const name = isAbsolute(file) ? target : relative('.', target)
      return read(target, { ...readOptions(name, options), set, profile: undefined }, spot, [...parents, at])
    })
  }
  const refused = async (use: string, target: string, parents: readonly string[]): Promise<Problem | null> => {
    const real = await once(found.real, target, () => realpath(target).catch(() => target))
    if (relative(root, real).split(sep)[0] === '..' || isAbsolute(relative(root, real)))
      return { path: 'use', message: `${use} is outside of the pipeline's folder`, fix: 'move it beside the pipeline' }
    if (parents.includes(target)) {
      const names = [...parents.slice(parents.indexOf(target)), target].map((each) => relative(root, each))
      return { path: 'use', message: `the files use each other: ${names.join(' → ')}`, fix: 'take one use: out' }
    }
    if (++parts > (options.limits?.nodes ?? LIMITS.nodes))
      return { path: 'use', code: 'ANB_LIMIT', message: `more than ${parts - 1} parts`, fix: 'use fewer parts' }
    return null
  }
  const whole = await read(path, top, { source: new SourceText(file, ''), offset: 0 }, [])
  return { manifest: whole === null ? null : manifestOf(whole, options.limits), issues }
}

/** A regular file of no more than `limit` bytes; a folder or a pipe is never waited for. */
export async function bytesOf(
  path: string,
  name: string,
  limit: number,
  by: Spot,
  issues: IssueList,
): Promise<Uint8Array | null> {
  try {
    const found = await stat(path)
    if (!found.isFile()) issues.add({ message: `${name} is no file`, fix: 'name a YAML or JSON file' }, by)
    else if (found.size > limit) {
      const fix = 'split the pipeline with use:, or raise limits.manifest_bytes'
      issues.add({ code: 'ANB_LIMIT', message: `${name}: ${found.size} bytes, more than ${limit}`, fix }, by)
    } else return await readFile(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message = code === 'ENOENT' ? `there is no file ${name}` : `${name} cannot be read: ${code}`
    issues.add({ message, fix: code === 'ENOENT' ? 'check the path' : 'check its permissions' }, by)
    throw manifestError(name, issues.issues, cause)
  }
  return null
}

/** What is wrong with a whole text is thrown there; here it joins the rest. */
function coded<T>(run: () => T, issues: IssueList): T | null {
  try {
    return run()
  } catch (error) {
    const { issues: found } = error as { issues?: IssueList['issues'] }
    if (found === undefined) throw error
    issues.issues.push(...found)
    return null
  }
}
