// @ts-check
import { test } from 'tap'
import { completeLock } from '../complete-lock.mjs'

test('adds the platforms that a registry did not tell, and leaves the others', async (t) => {
  /** @type {Record<string, import('../complete-lock.mjs').Entry>} */
  const packages = {
    'node_modules/tool': {
      version: '1.2.3',
      dev: true,
      optionalDependencies: { 'tool-linux-x64-musl': '1.2.3', '@tool/cli-win32-arm64': '1.2.3', plain: '1.0.0' },
    },
    'node_modules/@tool/cli-win32-arm64': { version: '1.2.3', integrity: 'sha512-x' },
  }
  t.same(completeLock(packages), ['tool-linux-x64-musl'])
  t.same(packages['node_modules/tool-linux-x64-musl'], {
    version: '1.2.3',
    dev: true,
    optional: true,
    cpu: ['x64'],
    libc: ['musl'],
    os: ['linux'],
  })
  t.same(completeLock(packages), [], 'once is enough')
})
