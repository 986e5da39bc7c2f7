import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** The package that has the addon of a platform, built; undefined where there is none. */
export function prebuiltPackage(platform: string = process.platform, arch: string = process.arch): string | undefined {
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) return undefined
  return `@anabranch/nodes-native-linux-${arch}-gnu`
}

/**
 * Where the addon of this package lies for this platform: in the package that has it built, where that is installed, else
 * where a build from source puts it. Nothing need be there.
 */
export function addonPath(): string {
  const name = prebuiltPackage()
  return (
    (name === undefined ? undefined : installed(name)) ??
    fileURLToPath(new URL(`../prebuilt/${process.platform}-${process.arch}/anabranch.node`, import.meta.url))
  )
}

function installed(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
