import { describe } from '@anabranch/plugin-sdk/host'
import type { IssueList } from './issue-list.ts'
import { unknownName } from './issue-list.ts'
import { PARAM_TYPES } from './manifest-schema.ts'
import type { Places } from './places.ts'
import type { Spot } from './source-text.ts'

/** What placeholders are filled in from. */
export interface Fillings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly set: Readonly<Record<string, unknown>>
}

const PLACEHOLDER = /\$(\$?)\{([^{}]*)\}/g
const PARTS =
  /^(?:env:(?<env>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<default>[\s\S]*))?|param:(?<param>[A-Za-z][A-Za-z0-9_-]*))$/

type Declared = { readonly type?: unknown; readonly default?: unknown }

/**
 * Fills in `${env:NAME}`, `${env:NAME:-default}` and `${param:name}` in the tree itself. A value that is one
 * placeholder gets the param's own type; from the environment it is text, and the paths of those are given back, to be
 * typed by what takes them. `$${` is a plain `${`.
 */
export function fillIn(
  tree: Record<string, unknown>,
  { env, set }: Fillings,
  places: Places,
  start: Spot,
  issues: IssueList,
): ReadonlySet<string> {
  const declared = (isObject(tree.params) ? tree.params : {}) as Record<string, Declared>
  const values = new Map<string, unknown>()
  for (const [name, value] of Object.entries(set)) {
    if (!Object.hasOwn(declared, name)) {
      issues.add(unknownName('params', 'param', name, Object.keys(declared)), places.find(tree, 'params', 'key', start))
      continue
    }
    const typed = asType(value, declared[name]?.type)
    if (typed === undefined)
      issues.add(
        {
          path: `params.${name}`,
          message: `param "${name}" is set to ${shown(value)}, not ${declared[name]?.type}`,
          fix: `set it to a value of type ${declared[name]?.type}`,
        },
        places.find(tree, `params.${name}`, 'key', start),
      )
    else values.set(name, typed)
  }
  const unset = new Set<string>()
  for (const [name, param] of Object.entries(declared)) {
    if (values.has(name) || !isObject(param)) continue
    if (param.default === undefined || (Object.hasOwn(set, name) && !values.has(name))) unset.add(name)
    else if (
      asType(param.default, param.type) === undefined ||
      typeof param.default !== typeof asType(param.default, param.type)
    )
      issues.add(
        {
          path: `params.${name}.default`,
          message: `the default of "${name}" is ${shown(param.default)}, not ${param.type}`,
          fix: `give a default of type ${param.type}`,
        },
        places.find(tree, `params.${name}.default`, 'value', start),
      )
    else values.set(name, param.default)
  }
  const fromEnv = new Set<string>()

  const lookUp = (
    inside: string,
    path: string,
    spot: Spot,
  ): { readonly value: unknown; readonly env: boolean } | null => {
    const parts = PARTS.exec(inside)?.groups
    if (parts === undefined) {
      issues.add(
        {
          path,
          message: `unknown placeholder \${${inside.slice(0, 60)}}`,
          fix: `write \${env:NAME}, \${env:NAME:-default} or \${param:name}; $\${ for a plain \${`,
        },
        spot,
      )
      return null
    }
    if (parts.env !== undefined) {
      const value = Object.hasOwn(env, parts.env) ? (env[parts.env] ?? parts.default) : parts.default
      if (value !== undefined) return { value, env: true }
      const fix = `set ${parts.env}, or write \${env:${parts.env}:-default}`
      issues.add({ path, message: `environment variable ${parts.env} is not set`, fix }, spot)
      return null
    }
    const name = parts.param as string
    if (values.has(name)) return { value: values.get(name), env: false }
    if (!Object.hasOwn(declared, name)) issues.add({ ...unknownName(path, 'param', name, Object.keys(declared)) }, spot)
    else if (unset.has(name) && !Object.hasOwn(set, name))
      issues.add({ path, message: `param "${name}" is not set`, fix: `set ${name}, or give it a default` }, spot)
    return null
  }

  const filled = (text: string, path: string, spot: Spot): unknown => {
    const whole = /^\$\{([^{}]*)\}$/.exec(text)
    if (whole !== null) {
      const found = lookUp(whole[1] as string, path, spot)
      if (found?.env) fromEnv.add(path)
      return found === null ? text : found.value
    }
    return text.replace(PLACEHOLDER, (all, escaped: string, inside: string, at: number) => {
      if (escaped !== '') return all.slice(1)
      // A plain or quoted scalar on one line: the placeholder stands where it stands in the file.
      const written = spot.source.text.indexOf(all, spot.offset)
      const found = lookUp(
        inside,
        path,
        written >= 0 && written - spot.offset <= at + 1 ? { ...spot, offset: written } : spot,
      )
      return found === null ? all : typeof found.value === 'object' ? JSON.stringify(found.value) : String(found.value)
    })
  }

  const walk = (container: Record<string, unknown>, path: string) => {
    for (const [key, value] of Object.entries(container)) {
      if (path === '' && (key === 'params' || key === 'profiles' || key === '$schema')) continue
      const at = path === '' ? key : `${path}.${key}`
      if (typeof value === 'string') {
        if (value.includes('${')) container[key] = filled(value, at, places.get(container, key)?.value ?? start)
      } else if (typeof value === 'object' && value !== null) walk(value as Record<string, unknown>, at)
    }
  }
  walk(tree, '')
  return fromEnv
}

/** A value as a declared type; text from a command line is read as that type. Undefined where it does not fit. */
export function asType(value: unknown, type: unknown): unknown {
  if (!(PARAM_TYPES as readonly unknown[]).includes(type)) return value
  if (type === 'string') return typeof value === 'string' ? value : undefined
  if (typeof value === 'string') {
    if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : undefined
    if (type === 'number' || type === 'integer') return value.trim() === '' ? undefined : asType(Number(value), type)
    try {
      return asType(JSON.parse(value) as object, type)
    } catch {
      return undefined
    }
  }
  if (type === 'integer') return Number.isSafeInteger(value) ? value : undefined
  if (type === 'number') return Number.isFinite(value) ? value : undefined
  if (type === 'array') return Array.isArray(value) ? value : undefined
  return type === 'object' ? (isObject(value) ? value : undefined) : typeof value === type ? value : undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : describe(value)
}
