import type { AnabranchError } from '@anabranch/plugin-sdk'
import type { Addon } from './addon.ts'
import { nativeError } from './native-error.ts'

/** What the last call failed with. */
export function failureOf({ doors }: Addon): AnabranchError {
  try {
    return doors.failure()
  } catch (error) {
    return nativeError(error)
  }
}
