import { fileURLToPath } from 'node:url'

/** Where the addon of this package lies for this platform. */
export function addonPath(): string {
  return fileURLToPath(new URL(`../prebuilt/${process.platform}-${process.arch}/anabranch.node`, import.meta.url))
}
