/** Whether a word of a command line names a plugin, not a node type: a package, a file, a folder, or `python:module`. */
export function isPluginName(word: string): boolean {
  return /^[@./]|\/|^python:|\.(m?[jt]s|py)$|^anabranch-plugin-/.test(word)
}
