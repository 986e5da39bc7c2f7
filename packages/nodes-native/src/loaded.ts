import { type Addon, loadAddon } from './addon.ts'
import { addonPath } from './addon-path.ts'

/** The addon of this package. Where it is missing, importing the package throws NotAvailableError. */
export const loaded: Addon = loadAddon(addonPath())
