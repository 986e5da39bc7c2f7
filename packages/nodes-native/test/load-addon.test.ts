import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addon } from '@anabranch/nodes-native'
import { addonPath, loadAddon } from '@anabranch/nodes-native/door'
import { NotAvailableError, PluginError } from '@anabranch/plugin-sdk'
import { test } from 'tap'
import { thrown } from './run-node.ts'

test('a missing addon is an error that says where it looked and how to build it', async (t) => {
  const path = join(t.testdir({}), 'anabranch.node')
  const error = thrown(() => loadAddon(path))
  t.ok(error instanceof NotAvailableError)
  t.match(error, { code: 'ANB_NOT_AVAILABLE', retryable: false, fix: /build:native/ })
  t.ok((error as Error).message.includes(path))
})

test('a file that is no addon is an error with its cause', async (t) => {
  const path = join(t.testdir({}), 'anabranch.node')
  writeFileSync(path, 'no machine code')
  const error = thrown(() => loadAddon(path))
  t.ok(error instanceof NotAvailableError)
  t.ok((error as Error).cause instanceof Error)
})

test('a module that is no addon of Anabranch is refused', async (t) => {
  const path = join(t.testdir({ 'other.cjs': 'module.exports = {}' }), 'other.cjs')
  t.ok(thrown(() => loadAddon(path)) instanceof PluginError)
})

test('an addon of another version of the doors is refused', async (t) => {
  const text = `exports.describe = () => JSON.stringify({ name: 'old', doors: 0, nodes: [] })`
  const path = join(t.testdir({ 'old.cjs': text }), 'old.cjs')
  t.match(
    thrown(() => loadAddon(path)),
    { code: 'ANB_PLUGIN', message: /version 0/ },
  )
})

test('the addon of this package is where it is looked for', async (t) => {
  t.equal(addon.path, addonPath())
  t.equal(addon.name, '@anabranch/nodes-native')
})
