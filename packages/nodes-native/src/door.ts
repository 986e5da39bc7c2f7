// For packages with an addon of their own: importing this loads none.
export { type Addon, loadAddon } from './addon.ts'
export type { AddonDoors } from './addon-doors.ts'
export { addonPath } from './addon-path.ts'
export { AT, CALLED, INPUT, OUTPUTS, STATUS, VERB } from './call-block.ts'
export type { NativeDescription } from './native-description.ts'
export { nativeError } from './native-error.ts'
export { type NativeNode, nativeNode } from './native-node.ts'
