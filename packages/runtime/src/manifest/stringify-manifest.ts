import { createRequire } from 'node:module'
import { ManifestError } from '@anabranch/plugin-sdk'
import type * as Yaml from 'yaml'
import type { Manifest } from './manifest.ts'

const require = createRequire(import.meta.url)

/**
 * A manifest as YAML in the map form; reading it back gives an equal manifest. What stands in it is written as it is:
 * text that looks like a placeholder is escaped.
 *
 * @throws ManifestError for what is no plain data: a function or a class instance in a node's params.
 */
export function stringifyManifest(manifest: Manifest): string {
  return yamlOf(manifest, escaped)
}

/** YAML of plain data, every text through `write`. */
export function yamlOf(manifest: object, write: (text: string) => string): string {
  const yaml = require('yaml') as typeof Yaml
  const { params, ...rest } = manifest as Record<string, unknown>
  const { version, ...more } = plain(rest, '', write) as Record<string, unknown>
  // Declared params are not filled in, so nothing in them is escaped.
  const head = params === undefined ? {} : { params: plain(params, 'params', (text) => text) }
  const whole = Object.fromEntries(
    Object.keys(manifest).flatMap((key) =>
      key in more ? [[key, more[key]]] : key in head ? [[key, head.params]] : [],
    ),
  )
  return yaml.stringify({ version, ...whole }, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.2' })
}

/** Every `${…}` doubled, so that it is read as text. */
function escaped(text: string): string {
  return text.replace(/\$(?=\{[^{}]*\})/g, '$$$$')
}

function plain(value: unknown, path: string, write: (text: string) => string): unknown {
  if (typeof value === 'string') return write(value)
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((each, at) => plain(each, `${path}.${at}`, write))
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
  if (prototype !== Object.prototype && prototype !== null) {
    const message = `${path} is no plain data`
    const fix = 'give texts, numbers, booleans, lists and maps'
    throw new ManifestError(`the pipeline cannot be written: ${message}`, {
      fix,
      issues: [{ path, message, code: 'ANB_MANIFEST', severity: 'error', fix }],
    })
  }
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([key, each]) =>
      each === undefined ? [] : [[key, plain(each, path === '' ? key : `${path}.${key}`, write)]],
    ),
  )
}
