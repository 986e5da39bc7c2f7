import type { Plugin } from '@anabranch/plugin-sdk'

/** The plugins that come with the command, by the name that a pipeline gives them. */
export const OWN_PLUGINS: Readonly<Record<string, () => Promise<{ readonly default: Plugin }>>> = {
  '@anabranch/runtime/nodes': () => import('@anabranch/runtime/nodes'),
  '@anabranch/nodes-native': () => import('@anabranch/nodes-native'),
  '@anabranch/nodes-python': () => import('@anabranch/nodes-python'),
}

/** How the command loads plugins: its own without trying first, which would take a process; others with the patience that a busy machine needs. */
export const LOADING = { known: Object.keys(OWN_PLUGINS), importMs: 10_000 } as const
