import { readFileSync } from 'node:fs'
import type { NodeDescription } from './node-description.ts'

/** The nodes of `anabranch_nodes`, known without starting Python: scripts/describe-nodes.mjs writes them. */
export const BUILTIN_NODES: readonly NodeDescription[] = JSON.parse(
  readFileSync(new URL('../descriptions.json', import.meta.url), 'utf8'),
)
