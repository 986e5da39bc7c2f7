import { readFileSync } from 'node:fs'
import type { NodeDescription } from './node-description.ts'

/** The Python module of this package's own nodes. */
export const BUILTIN_MODULE = 'anabranch_nodes'

/** Its nodes, known without starting Python: scripts/describe-nodes.mjs writes them. */
export const BUILTIN_NODES: readonly NodeDescription[] = JSON.parse(
  readFileSync(new URL('../descriptions.json', import.meta.url), 'utf8'),
)
