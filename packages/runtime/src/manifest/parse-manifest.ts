// Only the default of an option; nothing else of the package looks at the environment.
import { env as processEnv } from 'node:process'
import { IssueList } from './issue-list.ts'
import type { Manifest } from './manifest.ts'
import type { ManifestLimits } from './manifest-limits.ts'
import { withSource } from './manifest-source.ts'
import { isObject } from './placeholders.ts'
import { type ReadFile, type ReadOptions, readFileText } from './read-manifest.ts'

/** What a manifest is filled in with. */
export interface ManifestOptions {
  /** Values of its params; text is read as the declared type. */
  readonly set?: Readonly<Record<string, unknown>>
  /** Where `${env:NAME}` looks. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The profile to merge in. */
  readonly profile?: string
  /** Raises or lowers the limits as shipped. */
  readonly limits?: ManifestLimits
}

export interface ParseOptions extends ManifestOptions {
  /** What errors call the text. Default `pipeline`. */
  readonly file?: string
  /** Default: JSON where the name ends in `.json`, else YAML. */
  readonly format?: 'yaml' | 'json'
}

/**
 * The manifest of a YAML or JSON text, in either form; equal to what `definePipeline` gives for the same pipeline.
 * Where each part was written rides along unseen, so that `createExecutor` can say it.
 *
 * @throws ManifestError with every problem, each with line and column; `use:` needs `loadManifest`.
 */
export function parseManifest(text: string | Uint8Array, options: ParseOptions = {}): Manifest {
  const issues = new IssueList()
  const read = readOptions(options.file ?? 'pipeline', options)
  const file = readFileText(text, read, issues)
  if (file !== null) {
    refuseParts(file)
    checkOutputs(file)
  }
  issues.throwIfAny(read.name)
  return manifestOf(file as ReadFile, options.limits)
}

export function readOptions(name: string, options: ParseOptions): ReadOptions {
  return {
    name,
    format: options.format ?? (name.toLowerCase().endsWith('.json') ? 'json' : 'yaml'),
    profile: options.profile,
    limits: options.limits,
    set: options.set ?? {},
    env: options.env ?? processEnv,
  }
}

/** The manifest itself; `outputs` are for those who use the file as a part. */
export function manifestOf({ fields, fromEnv, reading }: ReadFile, limits: ManifestLimits | undefined): Manifest {
  const { outputs: _, ...rest } = fields
  const manifest = rest as unknown as Manifest
  for (const key of Object.keys(rest)) reading.places.copy(fields, key, rest)
  return withSource(manifest, {
    name: reading.start.source.name,
    locate: (path, end = 'auto') => reading.places.find(manifest, path, end, reading.start),
    fromEnv,
    limits,
  })
}

/** What a file offers to those who use it must be there, also where nobody does. */
export function checkOutputs({ fields, reading: { places, start, issues } }: ReadFile): void {
  const nodes = fields.nodes as object
  for (const [name, ref] of Object.entries((fields.outputs ?? {}) as Record<string, string>)) {
    const dot = ref.indexOf('.')
    const node = dot < 0 ? ref : ref.slice(0, dot)
    const spot = places.find(fields, `outputs.${name}`, 'value', start)
    if (!Object.hasOwn(nodes, node)) issues.unknown(`outputs.${name}`, 'node', node, Object.keys(nodes), spot)
    else if (dot < 0)
      issues.add(
        {
          path: `outputs.${name}`,
          message: `"${ref}" is a node, not one of its outputs`,
          fix: `write ${ref}.output, or another of its keys`,
        },
        spot,
      )
  }
}

function refuseParts({ fields, reading: { places, start, issues } }: ReadFile): void {
  for (const [id, node] of Object.entries(fields.nodes as object))
    if (isObject(node) && node.use !== undefined)
      issues.add(
        { path: `nodes.${id}.use`, message: 'a text has no files beside it', fix: 'load the file with loadManifest' },
        places.find(fields, `nodes.${id}.use`, 'value', start),
      )
}
