import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { command } from './command.ts'
import { folderOf } from './files.ts'

const pkg = (version: string, powers: readonly string[]) =>
  JSON.stringify({ name: 'anabranch-plugin-x', version, anabranch: { apiVersion: 1, powers, nodes: [] } })

test('add, remove: the list of a pipeline, its comments kept, and a lock that tells what is new', async (t) => {
  const at = folderOf(t, {
    'pipeline.yaml':
      '# Mine.\nversion: v1\nplugins:\n  - ./nodes/a.js # the first\nnodes: { a: { type: ANode } } # one\n',
    'node_modules/anabranch-plugin-x/package.json': pkg('1.0.0', ['net']),
    'node_modules/.package-lock.json': JSON.stringify({
      packages: { 'node_modules/anabranch-plugin-x': { integrity: 'sha512-abc' } },
    }),
  })
  const to = ['--to', at('pipeline.yaml')]
  t.match(await command(['add', 'anabranch-plugin-x', ...to]), {
    code: 0,
    out: /x 1\.0\.0: added to [\s\S]*\n {2}\+ net\n/,
  })
  t.equal(
    readFileSync(at('pipeline.yaml'), 'utf8'),
    '# Mine.\nversion: v1\nplugins:\n  - ./nodes/a.js # the first\n  - anabranch-plugin-x\nnodes: { a: { type: ANode } } # one\n',
  )
  const locked = JSON.parse(readFileSync(at('anabranch.lock'), 'utf8'))
  t.same(locked.plugins, { 'anabranch-plugin-x': { version: '1.0.0', integrity: 'sha512-abc', powers: ['net'] } })

  writeFileSync(at('node_modules/anabranch-plugin-x/package.json'), pkg('2.0.0', ['fs', 'subprocess']))
  t.match(await command(['add', 'anabranch-plugin-x', ...to, '--json']), {
    code: 0,
    out: /"added":false.*"version":"2\.0\.0".*"more":\["fs","subprocess"\],"less":\["net"\]/,
  })

  t.match(await command(['remove', 'anabranch-plugin-x', ...to]), { code: 0 })
  t.notMatch(readFileSync(at('pipeline.yaml'), 'utf8'), /plugin-x/)
  t.same(JSON.parse(readFileSync(at('anabranch.lock'), 'utf8')).plugins, {})
  t.match(await command(['remove', 'anabranch-plugin-x', ...to]), { code: 2, err: /has no plugin/ })
})

test('add: what is not there', async (t) => {
  const at = folderOf(t, { 'pipeline.yaml': 'version: v1\nnodes: {}\n', 'bad/anabranch.lock': '[]', 'bad/p.yaml': '' })
  t.match(await command(['add', 'anabranch-plugin-gone', '--to', at('pipeline.yaml')]), {
    code: 2,
    err: /not installed\n {2}fix: npm install anabranch-plugin-gone/,
  })
  t.match(await command(['add', './a.js', '--to', at('no.yaml')]), { code: 2, err: /cannot be read/ })
  t.match(await command(['add', './a.js', '--to', at('bad/p.yaml')]), { code: 2, err: /is no lock/ })
  t.match(await command(['add', './a.js', '--to', at('pipeline.yaml')]), { code: 0 })
  t.equal(readFileSync(at('pipeline.yaml'), 'utf8'), 'version: v1\nnodes: {}\nplugins:\n  - ./a.js\n')
})
