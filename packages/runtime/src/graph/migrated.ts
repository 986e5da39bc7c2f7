import { isAnabranchError, type NodeFactory, PluginError } from '@anabranch/plugin-sdk'
import type { ManifestNode } from '../manifest/manifest.ts'
import type { FileOf } from './check-placement.ts'
import type { Problems } from './problems.ts'

/** The params of a node, of the version that is there; null where they cannot be, which is a problem. */
export function migrated(
  id: string,
  { type, params = {}, params_version: have }: ManifestNode,
  factory: NodeFactory,
  fileOf: FileOf,
  problems: Problems,
): object | null {
  const need = factory.spec?.version ?? 1
  if (have === undefined || have === need) return params
  const file = fileOf(factory)
  const who = `"${type}"${file === undefined ? '' : ` of ${file}`}`
  const refuse = (what: string, fix: string, cause?: unknown): null => {
    const message = `node "${id}": its params are written for version ${have} of ${who}, ${what}`
    const error = new PluginError(message, { nodeId: id, fix, cause })
    problems.add({ path: `nodes.${id}.params_version`, message, code: error.code, fix }, error)
    return null
  }
  if (!Number.isInteger(have) || have < 1) return refuse('which is no version', 'give a whole number from 1')
  if (have > need)
    return refuse(
      `which is there in version ${need}`,
      `install a plugin that has version ${have} of it, or write its params for version ${need}`,
    )
  const anew = `write them anew for version ${need} (anabranch inspect ${type} shows them), and leave params_version out`
  if (factory.migrate === undefined)
    return refuse(`which is there in version ${need} and has no migrate() for older ones`, anew)
  try {
    const given: unknown = factory.migrate(structuredClone(params) as Record<string, unknown>, have)
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given
    return refuse(`and its migrate() to version ${need} gave ${String(given)}`, anew)
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown)
    const fix = (isAnabranchError(thrown) ? thrown.fix : undefined) ?? anew
    return refuse(`and cannot be migrated to version ${need}: ${said}`, fix, thrown)
  }
}
