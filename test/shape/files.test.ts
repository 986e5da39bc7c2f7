import { basename } from 'node:path'
import { test } from 'tap'
import { textOf, trackedFiles } from './tracked-files.ts'

/** Files over the limit, and how long they may be. This list only shrinks. */
const longer: Readonly<Record<string, number>> = {
  'packages/runtime/src/edges/edge.ts': 285,
  'packages/runtime/src/executor/runners/execute-runner.ts': 400,
  'packages/runtime/src/executor/runners/node-runner.ts': 400,
  'packages/runtime/src/executor/runners/operator-runner.ts': 400,
  'packages/runtime/src/executor/session.ts': 350,
}
const limit = 250
const testLimit = 400
const limitOf = (path: string) => longer[path] ?? (/(^|\/)tests?\//.test(path) ? testLimit : limit)

const files = trackedFiles()
const written = files.filter((path) => /\.(ts|mjs|rs|py)$/.test(path))

test('no file is longer than a reader holds in mind', async (t) => {
  const found = written
    .map((path) => ({ path, lines: textOf(path).split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > limitOf(path))
  t.same(found, [], `split it by what it does; the limit is ${limit} lines`)
})

test('a listed long file is still long', async (t) => {
  const needless = Object.keys(longer).filter(
    (path) => !files.includes(path) || textOf(path).split('\n').length <= limit,
  )
  t.same(needless, [], 'take it off the list')
})

test('TypeScript files are named in kebab-case', async (t) => {
  const kebab = /^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*\.(ts|mjs)$/
  const named = written.filter((path) => /\.(ts|mjs)$/.test(path) && !kebab.test(basename(path)))
  t.same(named, [])
})

test('an index has named re-exports and no code', async (t) => {
  const line = /^(export (type )?\{[^}]*\} from '[^']+'|)$/
  const withCode = files
    .filter((path) => /^packages\/[^/]+\/src\/(.*\/)?index\.ts$/.test(path))
    .filter((path) => {
      const statements = textOf(path)
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
        .replace(/\s+/g, ' ')
        .split(/(?=\bexport\b)/)
      return statements.some((statement) => !line.test(statement.trim()))
    })
  t.same(withCode, [])
})

test('the npm lock names no registry', async (t) => {
  const { packages } = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, { resolved?: string }> }
  const resolved = Object.values(packages).flatMap((entry) => entry.resolved ?? [])
  t.same(
    resolved.filter((place) => place.includes(':')),
    [],
    'it needs omit-lockfile-registry-resolved',
  )
})
