import { NotAvailableError } from '@anabranch/plugin-sdk'
import { type Addon, loadAddon } from './addon.ts'
import { addonPath } from './addon-path.ts'
import { DESCRIBED } from './described.ts'
import { missingAddon } from './missing-addon.ts'
import { noAddon } from './no-addon.ts'

/** The addon of this package; where it is missing, what says so for it. */
export const loaded: Addon = load(addonPath())

function load(path: string): Addon {
  try {
    return loadAddon(path)
  } catch (error) {
    if (!(error instanceof NotAvailableError)) throw error
    return missingAddon(path, '@anabranch/nodes-native', DESCRIBED, noAddon(path, error))
  }
}
