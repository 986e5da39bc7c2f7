import { createRequire } from 'node:module'
import { describe } from '@anabranch/plugin-sdk/host'
import type { Ajv as AjvClass, ErrorObject, ValidateFunction } from 'ajv'
import { RUNTIMES, runtimeMeant } from '../runtime-names.ts'
import { type IssueList, type Problem, unknownName } from './issue-list.ts'
import type { ManifestLimits } from './manifest-limits.ts'
import { manifestSchema } from './manifest-schema.ts'
import type { PlaceEnd, Places } from './places.ts'
import type { Spot } from './source-text.ts'

/** How ajv is to read the schema. */
export const AJV_OPTIONS = { allErrors: true, verbose: true, strict: true, strictTypes: false, strictRequired: false }

/** Loaded when a file is read, so that pipelines in code do not pay for it. */
const require = createRequire(import.meta.url)
let shipped: ValidateFunction | undefined

/** For the limits as shipped it was made when the package was: ajv takes longer to make it than to check a thousand files. */
function validator(limits: ManifestLimits | undefined): ValidateFunction {
  if (limits === undefined) {
    shipped ??= require('../../generated/manifest-check.cjs') as ValidateFunction
    return shipped
  }
  const { Ajv } = require('ajv') as { Ajv: typeof AjvClass }
  return new Ajv(AJV_OPTIONS).compile(manifestSchema(limits))
}

/** Checks a file's tree against the schema; every mismatch becomes an issue with place and fix. */
export function checkSchema(
  tree: unknown,
  places: Places,
  start: Spot,
  issues: IssueList,
  limits?: ManifestLimits,
): boolean {
  const validate = validator(limits)
  if (validate(tree)) return true
  for (const error of validate.errors ?? []) {
    const found = problemOf(error)
    if (found === null) continue
    const { end = 'auto', at, ...problem } = found
    issues.add(problem, places.find(tree, at ?? problem.path ?? '', end, start))
  }
  return false
}

type Found = Problem & { readonly end?: PlaceEnd; readonly at?: string }

/** What one of ajv's errors means; null for those that only repeat another. */
function problemOf(error: ErrorObject): Found | null {
  const { keyword, params, data, schema, parentSchema = {}, propertyName } = error
  const path = error.instancePath
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
  const name = path.slice(path.lastIndexOf('.') + 1)
  const below = (key: string) => (path === '' ? key : `${path}.${key}`)
  switch (keyword) {
    case 'if':
    case 'propertyNames':
      return null
    case 'additionalProperties': {
      const key = params.additionalProperty as string
      const known = Object.keys((parentSchema as { properties?: object }).properties ?? {})
      return { ...unknownName(below(key), optionOf(path), key, known), end: 'key' }
    }
    case 'pattern': {
      const id = propertyName ?? String(data)
      const shown = JSON.stringify(id.length > 80 ? `${id.slice(0, 77)}…` : id)
      return {
        path: propertyName === undefined ? path : below(id),
        message: `${shown} cannot be an id`,
        fix: 'use a letter, then letters, digits, "_" or "-", at most 64',
        end: propertyName === undefined ? 'value' : 'key',
      }
    }
    case 'required': {
      const key = params.missingProperty as string
      const where = path === '' ? 'the pipeline' : path
      return {
        path: below(key),
        at: path,
        message: `${where} has no ${key}`,
        fix: key === 'version' ? 'write version: v1' : `add ${key}: …`,
        end: 'key',
      }
    }
    case 'const':
      return { path, message: `${name} is ${shownValue(data)}`, fix: `write ${name}: ${schema}`, end: 'value' }
    case 'enum':
      if (name === 'runtime_hint') return { path, ...wrongHint(data), end: 'value' }
      return {
        ...unknownName(path, name, typeof data === 'string' ? data : shownValue(data), schema as string[]),
        end: 'value',
      }
    case 'type':
      return typeProblem(path, name, data, schema as string | string[])
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum': {
      const { type, minimum, exclusiveMinimum, maximum } = parentSchema as Record<string, number | string | undefined>
      const least = minimum === undefined ? `above ${exclusiveMinimum}` : `from ${minimum}`
      const fix = `give a ${type === 'integer' ? 'whole ' : ''}number ${least} to ${maximum}`
      return { path, message: `${name} is ${data}`, fix, end: 'value' }
    }
    case 'minProperties':
    case 'minItems':
      return {
        path,
        message: name === 'nodes' ? 'there are no nodes' : `${name} is empty`,
        fix: 'name at least one',
        end: 'key',
      }
    case 'maxProperties':
    case 'maxItems': {
      const count = Array.isArray(data) ? data.length : Object.keys(data as object).length
      const message = `${count} ${name === 'in' ? 'input keys' : name}, more than ${schema}`
      return { path, code: 'ANB_LIMIT', message, fix: 'split the pipeline, or raise the limit', end: 'key' }
    }
    default:
      return { path, message: error.message ?? keyword, fix: 'see the reference of the manifest' }
  }
}

/** By the names of the runtimes alone: another name of one, which a file may use too, is no name to learn. */
function wrongHint(data: unknown): Problem {
  const what = `unknown runtime_hint ${shownValue(data)}`
  const meant = typeof data === 'string' ? runtimeMeant(data) : undefined
  return meant === undefined
    ? { message: what, fix: `use one of auto, ${RUNTIMES.join(', ')}` }
    : { message: `${what}; did you mean "${meant}"?`, suggestion: meant, fix: `write "${meant}"` }
}

function typeProblem(path: string, name: string, data: unknown, wanted: string | string[]): Found {
  const list = [wanted].flat()
  const numeric = list.includes('number') || list.includes('integer')
  const looks = typeof data === 'string' && data.trim() !== '' && Number.isFinite(Number(data))
  const whole = list.includes('integer') && typeof data === 'number'
  const wants = {
    object: 'a map',
    array: 'a list',
    string: 'text',
    boolean: 'true or false',
    number: 'a number',
    integer: 'a whole number',
  }
  const words = list.map((each) => wants[each as keyof typeof wants] ?? each).join(' or ')
  if (path === '')
    return { path, message: `${shownValue(data)} is no pipeline`, fix: 'write version: v1 and nodes: { … }' }
  return {
    path,
    message: `${name} is ${shownValue(data)}, not ${words}`,
    fix: numeric && looks ? `write ${Number(data)} without quotes` : whole ? 'give a whole number' : `give ${words}`,
    end: typeof data === 'object' && data !== null ? 'auto' : 'value',
  }
}

/** What an unknown key is a key of. */
function optionOf(path: string): string {
  const steps = path.split('.')
  const last = steps.at(-1) as string
  if (path === '') return 'key'
  if (steps[0] === 'nodes' && steps.length === 2) return 'node option'
  if (steps[0] === 'connections' || steps.includes('in')) return 'edge option'
  return `option of ${last}`
}

function shownValue(data: unknown): string {
  if (data === null) return 'empty'
  if (typeof data === 'string') return JSON.stringify(data.length > 80 ? `${data.slice(0, 77)}…` : data)
  if (Array.isArray(data)) return 'a list'
  return typeof data === 'object' ? 'a map' : typeof data === 'number' ? String(data) : describe(data)
}
