// @ts-check
import { test } from 'tap'
import { isSameTree } from '../lib/installed.mjs'

const a = { version: '1.0.0', integrity: 'sha512-a' }

test('the same tree, apart from optional packages of other platforms', async (t) => {
  const wanted = {
    '': {},
    'packages/own': { version: '0.1.0' },
    'node_modules/own': { resolved: 'packages/own', link: true },
    'node_modules/a': a,
    'node_modules/a-win32': { version: '1.0.0', optional: true },
  }
  t.ok(isSameTree(wanted, { 'node_modules/own': { resolved: 'packages/own', link: true }, 'node_modules/a': a }))
})

test('another tree', async (t) => {
  const wanted = { 'node_modules/a': a }
  t.notOk(isSameTree(wanted, {}), 'one is missing')
  t.notOk(isSameTree(wanted, { 'node_modules/a': { ...a, version: '2.0.0' } }), 'another version')
  t.notOk(isSameTree(wanted, { 'node_modules/a': { ...a, integrity: 'sha512-b' } }), 'another content')
  t.notOk(isSameTree(wanted, { 'node_modules/a': a, 'node_modules/b': a }), 'one too many')
})
