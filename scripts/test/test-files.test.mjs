// @ts-check
import { join } from 'node:path'
import { test } from 'tap'
import { root } from '../lib/root.mjs'
import { builtPath, findPrograms } from '../lib/suites/test-files.mjs'

test('the index and the process tests are programs; a test that nobody imports is told', async (t) => {
  const folder = t.testdir({
    'index.ts': "import './a.test.ts'\nimport './deep/index.ts'\n",
    'a.test.ts': '',
    'forgotten.test.ts': '',
    'b.process.test.ts': '',
    deep: { 'index.ts': "import './c.test.ts'\n", 'c.test.ts': '' },
  })
  const { programs, unreached } = findPrograms(folder)
  t.same(programs, [join(folder, 'index.ts'), join(folder, 'b.process.test.ts')])
  t.equal(unreached.length, 1)
  t.match(unreached[0], /forgotten\.test\.ts$/)
})

test('without an index every test is a program; without a folder there is none', async (t) => {
  const folder = t.testdir({ 'a.test.ts': '', 'helper.ts': '' })
  t.same(findPrograms(folder).programs, [join(folder, 'a.test.ts')])
  t.same(findPrograms(join(folder, 'nowhere')).programs, [])
})

test('a source has its program in the built folder; plain JavaScript is its own', async (t) => {
  const test = join(root, 'test')
  t.equal(builtPath(test, join(root, '.build'), join(test, 'x', 'a.test.ts')), join('.build', 'x', 'a.test.js'))
  t.equal(builtPath(test, join(root, '.build'), join(test, 'index.mjs')), join('test', 'index.mjs'))
})
