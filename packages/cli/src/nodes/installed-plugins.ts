import { readFileSync } from 'node:fs'

/** Names of plugins, by convention: `anabranch-plugin-x` and `@scope/anabranch-plugin-x`. */
const NAME = /^(@[^/]+\/)?anabranch-plugin-/

/** The plugins that the package.json of the current folder depends on, by their names: none of them is loaded. */
export function installedPlugins(): string[] {
  try {
    const { dependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies?: object }
    return Object.keys(dependencies).filter((name) => NAME.test(name))
  } catch {
    return [] // No package.json, or none that can be read: nothing is installed here.
  }
}
