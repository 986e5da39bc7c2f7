import { usageError } from '../usage-error.ts'

/** All names of one plugin, made of the one that somebody gave. */
export interface PluginNames {
  /** `louder` */
  readonly base: string
  /** `@me/anabranch-plugin-louder`, or without a scope. */
  readonly package: string
  /** The same without its scope: of the folder, on PyPI and for crates. */
  readonly name: string
  /** `anabranch_plugin_louder` */
  readonly module: string
  /** `louder` as a Python name. */
  readonly snake: string
  /** `LouderNode` */
  readonly type: string
  /** `louder` as a variable and the id of a node. */
  readonly id: string
}

const NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/

/** `louder`, `anabranch-plugin-louder` and `@me/louder` are all right. @throws a usage error for another name. */
export function pluginNames(given: string): PluginNames {
  const [, scope = '', rest = ''] = NAME.exec(given) ?? []
  const base = rest.replace(/^anabranch-plugin-/, '')
  if (base === '' || base.length > 40)
    throw usageError(
      `"${given}" is no name for a plugin`,
      'give lower-case words with hyphens, such as louder, anabranch-plugin-louder or @me/louder',
    )
  const words = base.split('-')
  const pascal = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join('')
  const snake = words.join('_')
  const name = `anabranch-plugin-${base}`
  return {
    base,
    package: `${scope}${name}`,
    name,
    module: `anabranch_plugin_${snake}`,
    snake,
    type: `${pascal}Node`,
    id: `${pascal[0]?.toLowerCase()}${pascal.slice(1)}`,
  }
}
