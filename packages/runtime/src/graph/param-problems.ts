import type { AnabranchError, Issue } from '@anabranch/plugin-sdk'
import type { AnySchema } from '@anabranch/plugin-sdk/host'
import { type JsonSchema, jsonSchemaOf, schemaBelow } from './json-schema-of.ts'
import type { Problems } from './problems.ts'

/** Every param that a node refused, once, with its place and what to do. */
export function paramProblems(
  id: string,
  error: AnabranchError,
  schema: AnySchema | undefined,
  problems: Problems,
): void {
  const issues = (error as { issues?: readonly Issue[] }).issues ?? []
  // What `create` itself refused may name no param.
  if (issues.length === 0)
    problems.add(
      {
        path: `nodes.${id}.params`,
        message: error.message,
        code: 'ANB_PARAMS',
        fix: error.fix ?? 'give what the node takes there',
      },
      error,
    )
  const told = new Set<string>()
  for (const { path, message, received, fix, suggestion } of issues) {
    if (told.has(path)) continue
    told.add(path)
    problems.add(
      {
        path: `nodes.${id}.params${path === '' ? '' : `.${path}`}`,
        message,
        code: 'ANB_PARAMS',
        fix: fix ?? paramFix(schema, path),
        ...(suggestion === undefined ? {} : { suggestion }),
      },
      error,
      // A name that is not known has no value that was looked at.
      { end: received === undefined ? 'name' : 'auto' },
    )
  }
}

/** What to do about a param that does not fit, from what its schema can say of itself. */
function paramFix(schema: AnySchema | undefined, path: string): string {
  const name = path.slice(path.lastIndexOf('.') + 1)
  const described = path
    .split('.')
    .reduce<JsonSchema | undefined>((at, step) => schemaBelow(at, step), jsonSchemaOf(schema))
  const wants = described === undefined ? undefined : wanted(described)
  if (path === '' || wants === undefined) return 'give what the node takes there'
  return `give ${name} ${wants}`
}

function wanted({
  type,
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
  ...rest
}: JsonSchema): string | undefined {
  const values = rest.const === undefined ? rest.enum : [rest.const]
  if (Array.isArray(values)) return `one of ${values.join(', ')}`
  if (type === 'string') return 'a text'
  if (type === 'boolean') return 'true or false'
  if (type === 'array') return 'a list'
  if (type === 'object') return 'a map'
  if (type !== 'number' && type !== 'integer') return undefined
  const safe = (bound: unknown) => (Math.abs(Number(bound ?? Number.NaN)) < Number.MAX_SAFE_INTEGER ? bound : undefined)
  const low =
    safe(exclusiveMinimum) !== undefined
      ? ` above ${exclusiveMinimum}`
      : safe(minimum) !== undefined
        ? ` from ${minimum}`
        : ''
  const high =
    safe(exclusiveMaximum) !== undefined
      ? ` below ${exclusiveMaximum}`
      : safe(maximum) !== undefined
        ? ` to ${maximum}`
        : ''
  return `a ${type === 'integer' ? 'whole ' : ''}number${low}${high}`
}
