import type { Plugin } from '@anabranch/plugin-sdk'

/** The plugins that come with the command, by the name that a pipeline gives them. */
export const OWN_PLUGINS: Readonly<Record<string, () => Promise<{ readonly default: Plugin }>>> = {
  '@anabranch/runtime/nodes': () => import('@anabranch/runtime/nodes'),
  '@anabranch/nodes-native': () => import('@anabranch/nodes-native'),
  '@anabranch/nodes-python': () => import('@anabranch/nodes-python'),
}

/** They are imported without trying first, which would take a process. */
export const KNOWN = Object.keys(OWN_PLUGINS)
