import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

const SDK = dirname(dirname(fileURLToPath(import.meta.resolve('@anabranch/plugin-sdk'))))

/** A plugin with one node that passes text on, as a module. */
export const moduleOf = (type: string, head = '') => `
import { anything, defineNode, definePlugin } from '@anabranch/plugin-sdk'
${head}
const node = defineNode({
  type: '${type}', summary: 'Passes on.', inputs: { input: anything }, outputs: { output: anything },
  create: () => ({ execute: ({ input }) => ({ output: input }) }),
})
export default definePlugin({ name: 'of-${type}', apiVersion: 1, nodes: [node] })
`

/** A folder of a pipeline: the given files, and the SDK as it would be installed. Gone after the test. */
export function pluginFolder(t: Test, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-plugins-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules', '@anabranch'), { recursive: true })
  symlinkSync(SDK, join(folder, 'node_modules', '@anabranch', 'plugin-sdk'), 'dir')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** What an installed package is made of: an entry, and a package.json that names it. */
export function packageOf(name: string, entry: string, fields: object = { exports: './index.js' }) {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', type: 'module', ...fields }),
    [`node_modules/${name}/index.js`]: entry,
  }
}
