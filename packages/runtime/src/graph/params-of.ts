import type { AnySchema } from '@anabranch/plugin-sdk/host'
import { asType } from '../manifest/placeholders.ts'
import { type JsonSchema, jsonSchemaOf, schemaBelow } from './json-schema-of.ts'

/**
 * The params of a node. Text that came from the environment becomes the number or boolean that the node's schema asks
 * for there; what does not fit stays text, and is refused as that.
 */
export function paramsOf(
  id: string,
  params: object,
  schema: AnySchema | undefined,
  fromEnv: ReadonlySet<string> | undefined,
): object {
  const prefix = `nodes.${id}.params.`
  const paths = [...(fromEnv ?? [])].filter((path) => path.startsWith(prefix))
  const described = paths.length === 0 ? undefined : jsonSchemaOf(schema)
  if (described === undefined) return params
  const own = structuredClone(params) as Record<string, unknown>
  for (const path of paths) {
    const steps = path.slice(prefix.length).split('.')
    const last = steps.pop() as string
    let container: unknown = own
    let at: JsonSchema | undefined = described
    for (const step of steps) {
      container = (container as Record<string, unknown> | undefined)?.[step]
      at = schemaBelow(at, step)
    }
    if (typeof container !== 'object' || container === null) continue
    const fields = container as Record<string, unknown>
    for (const type of typesOf(schemaBelow(at, last))) fields[last] = asType(fields[last], type) ?? fields[last]
  }
  return own
}

/** The types to try; none where text is welcome. */
function typesOf(schema: JsonSchema | undefined): readonly string[] {
  const types = [schema ?? {}, ...((schema?.anyOf ?? []) as JsonSchema[])].flatMap(({ type }) => type ?? []) as string[]
  return types.includes('string') ? [] : types.filter((type) => ['number', 'integer', 'boolean'].includes(type))
}
