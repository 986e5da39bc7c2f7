import type { StandardSchemaV1 as Schema } from '@standard-schema/spec'
import { InvalidParamsError, PluginError } from './errors/classes.ts'
import type { Issue } from './errors/fields.ts'
import { nearest } from './nearest.ts'
import { describe } from './values.ts'

/**
 * Params through a Standard Schema: defaults applied, types converted by the schema's own rules.
 *
 * @throws InvalidParamsError with every issue at once; unknown keys are issues too, also where the schema would strip them.
 * @throws PluginError for a schema that validates asynchronously: `create` is synchronous, `prepare` is the place to wait.
 */
export function parseParams<S extends Schema>(
  nodeType: string,
  schema: S | undefined,
  params: unknown,
): Schema.InferOutput<S> {
  const given = params ?? {}
  if (typeof given !== 'object' || Array.isArray(given))
    throw invalid(nodeType, [issue('', `params must be an object, got ${describe(params)}`)])
  const unknown = unknownKeys(nodeType, schema, given)
  if (schema === undefined) {
    if (unknown.length > 0) throw invalid(nodeType, unknown)
    return {} as Schema.InferOutput<S>
  }
  const result = validate(nodeType, schema, given)
  const wrong = (result.issues ?? []).map((found) => ({
    ...issue(pathOf(found.path), found.message),
    ...expectedOf(found),
    received: describe(valueAt(given, found.path)),
  }))
  if (wrong.length + unknown.length > 0) throw invalid(nodeType, [...wrong, ...unknown])
  return (result as Schema.SuccessResult<Schema.InferOutput<S>>).value
}

function validate(nodeType: string, schema: Schema, params: object): Schema.Result<unknown> {
  let result: ReturnType<Schema['~standard']['validate']>
  try {
    readAll(params, new Set()) // A schema may swallow what a getter throws.
    result = schema['~standard'].validate(params)
  } catch (cause) {
    throw new InvalidParamsError(`params of ${nodeType} could not be read: ${(cause as Error)?.message ?? cause}`, {
      cause,
      issues: [issue('', 'a getter or the schema itself threw')],
      fix: 'give a plain object',
    })
  }
  if (!('then' in result)) return result
  // Nobody waits for it: its rejection must not end the process.
  result.then(undefined, () => undefined)
  throw new PluginError(`the params schema of ${nodeType} validates asynchronously, or throws`, {
    fix: 'validate synchronously, and wait in prepare()',
  })
}

function readAll(value: unknown, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return
  seen.add(value)
  for (const each of Object.values(value)) readAll(each, seen)
}

/** Keys that the schema does not know, where it can say what it knows (Standard JSON Schema). */
function unknownKeys(nodeType: string, schema: Schema | undefined, params: object): Issue[] {
  const known = knownKeys(schema)
  if (known === undefined) return []
  return Object.keys(params)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const [near] = nearest(key, known)
      return {
        ...issue(key, `unknown param "${key}" on ${nodeType}${near === undefined ? '' : `; did you mean "${near}"?`}`),
        expected: known.length === 0 ? 'no params' : `one of ${known.join(', ')}`,
        ...(near === undefined ? {} : { suggestion: near, fix: `rename "${key}" to "${near}"` }),
      }
    })
}

/** The keys that a schema takes; nothing where it cannot say them, or takes any. */
export function knownKeys(schema: Schema | undefined): string[] | undefined {
  if (schema === undefined) return []
  const standard = schema['~standard'] as {
    jsonSchema?: { input(options: { target: string }): Record<string, unknown> }
  }
  let described: Record<string, unknown> | undefined
  try {
    described = standard.jsonSchema?.input({ target: 'draft-2020-12' })
  } catch {
    return undefined // A schema with parts that JSON Schema cannot say: its own validation stands alone.
  }
  if (described?.type !== 'object' || (described.additionalProperties ?? false) !== false) return undefined
  return Object.keys((described.properties ?? {}) as object)
}

function invalid(nodeType: string, issues: readonly Issue[]): Error {
  const list = issues.map((each) => (each.path === '' ? each.message : `${each.path}: ${each.message}`)).join('; ')
  const fix =
    issues.find((each) => each.fix !== undefined)?.fix ??
    `correct ${issues.map(({ path }) => path || 'params').join(', ')}`
  return new InvalidParamsError(`params of ${nodeType}: ${list}`, { issues, fix })
}

function issue(path: string, message: string): Issue {
  return { path, message, code: 'ANB_PARAMS', severity: 'error' }
}

/** What was wanted, where the schema's library says it (zod does). */
function expectedOf(found: Schema.Issue): { expected?: string } {
  const { expected } = found as { expected?: unknown }
  return typeof expected === 'string' ? { expected } : {}
}

function valueAt(params: object, path: Schema.Issue['path']): unknown {
  let value: unknown = params
  try {
    for (const step of path ?? [])
      value = (value as Record<PropertyKey, unknown> | undefined)?.[typeof step === 'object' ? step.key : step]
  } catch {
    return undefined // A getter that throws only the second time.
  }
  return value
}

function pathOf(path: Schema.Issue['path']): string {
  return (path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
}
