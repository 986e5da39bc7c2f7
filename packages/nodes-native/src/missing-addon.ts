import type { AnabranchError } from '@anabranch/plugin-sdk'
import type { Addon } from './addon.ts'
import type { AddonDoors } from './addon-doors.ts'
import type { NativeDescription } from './native-description.ts'
import { PoolRegistry } from './pool-registry.ts'

/**
 * What stands for an addon that cannot be loaded: its nodes are described as ever, and say that they are not available.
 * Every door throws `error`.
 */
export function missingAddon(
  path: string,
  name: string,
  nodes: readonly NativeDescription[],
  error: AnabranchError,
): Addon {
  const refuse = (): never => {
    throw error
  }
  const doors = new Proxy({}, { get: refuse }) as AddonDoors
  return {
    path,
    name,
    nodes,
    doors,
    shared: doors,
    block: new Float64Array(0),
    pools: new PoolRegistry(doors),
    missing: { reason: error.message, fix: error.fix ?? '' },
    bufferAddress: refuse,
  }
}
