import type { JsonSchema } from '@anabranch/runtime'
import { stringify } from 'yaml'
import type { NodeType } from './node-type.ts'
import { describedParams, exampleOf } from './params-table.ts'

/** What to write in `nodes:`; what `…` and `NODE` stand for is the reader's. */
export function snippet({ type, inputs, params }: NodeType): string {
  const properties = (params?.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const required = describedParams(params).filter((param) => param.required)
  const node = {
    type,
    ...(required.length > 0 && {
      params: Object.fromEntries(required.map(({ name }) => [name, exampleOf(properties[name])])),
    }),
    ...(inputs.length > 0 && {
      in: Object.fromEntries(
        inputs.filter(({ mode }) => mode === 'required').map(({ key }) => [key, 'NODE.output'] as const),
      ),
    }),
  }
  return stringify({ [idOf(type)]: node }, { flowCollectionPadding: true, lineWidth: 0 })
}

/** `AudioResampleNode` → `audio-resample`. */
function idOf(type: string): string {
  return type
    .replace(/Node$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9_-]/g, '-')
    .toLowerCase()
}
