// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a pipeline, not of a template
import t from 'tap'
import { checkRow, cpuMs, marked, parseRefused, type Row } from './marked.ts'

const one = 'version: v1\nnodes:\n  a: { type: X }\n'
const node = (fields: string) => `version: v1\nnodes:\n  a: { type: X, ${fields} }\n`
const M = 'ANB_MANIFEST'
const long = 'x'.repeat(5000)

const rows: readonly Row[] = [
  ['an empty file', '▸', M, /the file is empty/, /write version: v1/],
  ['blanks', '▸\n\n', M, /the file is empty/, /write version: v1/],
  ['null', '▸null', M, /is no pipeline/, /version: v1/],
  ['a list', '▸[1, 2]', M, /a list is no pipeline/, /version: v1/],
  ['text', '▸hello', M, /"hello" is no pipeline/, /version: v1/],
  [
    'nested brackets, 2 KB',
    `${'['.repeat(32)}▸${'['.repeat(2016)}`,
    'ANB_LIMIT',
    /nested deeper than 32/,
    /take brackets/,
  ],
  ['nested maps', `${'{a:'.repeat(32)}▸${'{a:'.repeat(4968)}`, 'ANB_LIMIT', /nested deeper than 32/, /take brackets/],
  [
    'nested lists in block form',
    `${'- '.repeat(32)}▸${'- '.repeat(9000)}`,
    'ANB_LIMIT',
    /nested deeper/,
    /indentation/,
  ],
  [
    'nested maps in block form',
    Array.from({ length: 40 }, (_, n) => `${' '.repeat(n)}${n === 32 ? 'a▸' : 'a'}:`).join('\n'),
    'ANB_LIMIT',
    /nested deeper than 32/,
    /indentation/,
  ],
  ['an alias', 'version: v1\nnodes:\n  a: &a { type: X }\n  b: ▸*a\n', M, /alias \*a/, /write the value out/],
  [
    'a circular alias',
    'version: v1\nnodes:\n  a: { type: X, params: &p { p: ▸*p } }\n',
    M,
    /alias \*p/,
    /write the value out/,
  ],
  ['__proto__ as a key', `▸__proto__: { x: 1 }\n${one}`, M, /"__proto__" cannot be a key/, /another name/],
  ['constructor as a key', node('params: { ▸constructor: 1 }'), M, /"constructor" cannot be a key/, /another name/],
  [
    '__proto__ as an id',
    'version: v1\nnodes:\n  a: { type: X }\n  ▸__proto__: { type: X }\n',
    M,
    /cannot be a key/,
    /another name/,
  ],
  [
    'constructor as an id of a list',
    'version: v1\nnodes:\n  - { id: ▸constructor, type: X }\n',
    M,
    /"constructor" cannot be an id/,
    /another name/,
  ],
  [
    '__proto__ as an id of a list',
    'version: v1\nnodes:\n  - { id: ▸__proto__, type: X }\n',
    M,
    /"__proto__" cannot be an id/,
    /a letter, then/,
  ],
  [
    'a merge key',
    'version: v1\nnodes:\n  a: { type: X, ▸<<: { on_error: skip } }\n',
    M,
    /merge key <</,
    /write the keys out/,
  ],
  ['a duplicate key', 'version: v1\nnodes:\n  a: { type: X, ▸type: Y }\n', M, /"type" is there twice/, /take it out/],
  ['a duplicate id', 'version: v1\nnodes:\n  a: { type: X }\n  ▸a: { type: Y }\n', M, /"a" is there twice/, /rename/],
  [
    'a duplicate id of a list',
    'version: v1\nnodes:\n  - { id: a, type: X }\n  - { id: ▸a, type: Y }\n',
    M,
    /"a" is there twice/,
    /rename/,
  ],
  ['two documents', `${one}▸---\n${one}`, M, /two documents/, /a file of its own/],
  ['!!js/function', node('params: { f: ▸!!js/function "x" }'), M, /tag !!js\/function/, /plain data/],
  ['!!python/object', node('params: { f: ▸!!python/object:os.system [ls] }'), M, /tag !!python\/object/, /plain data/],
  ['!!str', node('params: { f: ▸!!str 7 }'), M, /tag !!str/, /plain data/],
  ['a directive', `▸%YAML 1.1\n---\n${one}`, M, /directive %YAML 1.1/, /YAML 1.2/],
  ['a byte order mark', `▸\uFEFF${one}`, M, /byte order mark/, /UTF-8/],
  ['NUL', node('params: { a: "▸\0" }'), M, /control character U\+0000/, /plain text/],
  [
    'a bracket that is not closed',
    'version: v1\nnodes: { a: { type: X }\n▸',
    M,
    /[Ff]low map/,
    /close the bracket|indent/,
  ],
  ['a tab as indentation', 'version: v1\nnodes:\n▸\ta: { type: X }\n', M, /[Tt]abs/, /spaces instead of tabs/],
  [
    'a placeholder without quotes',
    'version: v1\nnodes: { a: { type: X, params: { b: $▸{env:B} } } }\n',
    M,
    /Unexpected/,
    /quote the placeholder/,
  ],
  [
    'a key that is no name',
    'version: v1\n? ▸[a]\n: b\nnodes: { a: { type: X } }\n',
    M,
    /a key must be a name/,
    /name: value/,
  ],
  ['no version', '▸nodes: { a: { type: X } }\n', M, /has no version/, /version: v1/],
  ['version v99', 'version: ▸v99\nnodes: { a: { type: X } }\n', M, /version is "v99"/, /write version: v1/],
  ['no nodes', '▸version: v1\n', M, /has no nodes/, /add nodes/],
  ['empty nodes', 'version: v1\n▸nodes: {}\n', M, /there are no nodes/, /at least one/],
  ['an unknown key', `▸mdoe: lossless\n${one}`, M, /unknown key "mdoe"; did you mean "mode"/, /write "mode"/],
  ['an unknown mode', `mode: ▸lossles\n${one}`, M, /unknown mode "lossles"; did you mean "lossless"/, /"lossless"/],
  [
    'an unknown node option',
    node('▸on_eror: skip'),
    M,
    /unknown node option "on_eror"; did you mean "on_error"/,
    /"on_error"/,
  ],
  [
    'an unknown edge option',
    node('in: { input: { from: b.c, ▸polcy: block } }'),
    M,
    /unknown edge option "polcy"/,
    /"policy"/,
  ],
  ['an unknown policy', node('in: { input: { from: b.c, policy: ▸drop } }'), M, /unknown policy "drop"/, /drop-oldest/],
  [
    'an unknown hint',
    node('runtime_hint: ▸pyton'),
    M,
    /unknown runtime_hint "pyton"; did you mean "python"/,
    /"python"/,
  ],
  [
    'a hint that is near to another name of a runtime',
    node('runtime_hint: ▸rusty'),
    M,
    /unknown runtime_hint "rusty"; did you mean "native"\?$/,
    /^write "native"$/,
  ],
  [
    'a hint that is near to nothing',
    node('runtime_hint: ▸wasm'),
    M,
    /unknown runtime_hint "wasm"$/,
    /^use one of auto, native, javascript, python$/,
  ],
  ...['a.b', '*', '>', '../x', long].map(
    (id): Row => [
      `the id ${id.slice(0, 8)}`,
      id.length > 1000
        ? `version: v1\nnodes:\n  - { id: ▸${id}, type: X }\n`
        : `version: v1\nnodes:\n  ▸${JSON.stringify(id)}: { type: X }\n`,
      M,
      /cannot be an id/,
      /a letter, then letters/,
    ],
  ),
  ['no as a number', node('timeout_ms: ▸no'), M, /timeout_ms is "no", not a number/, /give a number/],
  ['a quoted number', node('timeout_ms: ▸"7"'), M, /timeout_ms is "7", not a number/, /write 7 without quotes/],
  ['012', node('params: { a: ▸012 }'), M, /012 is octal to some/, /write 12 for the number/],
  ['1e999', node('timeout_ms: ▸1e999'), M, /1e999 is not a finite number/, /write a number/],
  ['.nan', node('timeout_ms: ▸.nan'), M, /\.nan is not a finite number/, /write a number/],
  ['a number beyond 2^53', node('params: { a: ▸12345678901234567890 }'), M, /beyond 2\^53/, /quote it/],
  [
    'max_retries: 1e9',
    node('retry: { max_retries: ▸1e9 }'),
    M,
    /max_retries is 1000000000/,
    /a whole number from 0 to 1000/,
  ],
  ['base_ms: -1', node('retry: { base_ms: ▸-1 }'), M, /base_ms is -1/, /from 0 to/],
  ['timeout_ms: 0', node('timeout_ms: ▸0'), M, /timeout_ms is 0/, /from 1 to/],
  ['timeout_ms: 2^31', node('timeout_ms: ▸2147483648'), M, /timeout_ms is 2147483648/, /to 2147483647/],
  ['max: 0', node('in: { input: { from: b.c, max: ▸0 } }'), M, /max is 0/, /from 1/],
  ['max_ms: 0', node('in: { input: { from: b.c, max_ms: ▸0 } }'), M, /max_ms is 0/, /above 0/],
  ['an empty list of sources', node('in: { ▸input: [] }'), M, /input is empty/, /at least one/],
  ['a node that is null', 'version: v1\nnodes:\n  a: ▸null\n', M, /a is empty, not a map/, /give a map/],
  ['a node of a list without a type', 'version: v1\nnodes:\n  - { id: ▸a }\n', M, /no type/, /add type/],
  [
    'max_attempts beside max_retries',
    node('retry: { max_retries: 1, ▸max_attempts: 2 }'),
    M,
    /the same/,
    /leave max_attempts out/,
  ],
  [
    'a connection to no node',
    'version: v1\nnodes: [{ id: gain, type: X }]\nconnections: [{ from: gain, to: ▸gian }]\n',
    M,
    /unknown node "gian"; did you mean "gain"/,
    /"gain"/,
  ],
  [
    'a key said twice',
    'version: v1\nnodes: [{ id: a, type: X }]\nconnections: [{ from: a.b, output_key: ▸c, to: a }]\n',
    M,
    /said twice/,
    /leave output_key out/,
  ],
  [
    'an unset variable',
    node("params: { a: ▸'${env:NOPE}' }"),
    M,
    /environment variable NOPE is not set/,
    /set NOPE, or write/,
  ],
  [
    'an unset param',
    `params: { rate: { type: number } }\n${node("params: { a: ▸'${param:rate}' }")}`,
    M,
    /param "rate" is not set/,
    /set rate, or give it a default/,
  ],
  [
    'an unknown param',
    `params: { rate: { type: number, default: 1 } }\n${node("params: { a: ▸'${param:rtae}' }")}`,
    M,
    /unknown param "rtae"; did you mean "rate"/,
    /"rate"/,
  ],
  ['an unknown placeholder', node("params: { a: 'x ▸${home}' }"), M, /unknown placeholder/, /write \$\{env:NAME\}/],
  [
    'a default of another type',
    `params: { rate: { type: number, default: ▸x } }\n${one}`,
    M,
    /the default of "rate" is "x", not number/,
    /of type number/,
  ],
  [
    'an unknown type of a param',
    `params: { rate: { type: ▸nubmer } }\n${one}`,
    M,
    /unknown type "nubmer"; did you mean "number"/,
    /"number"/,
  ],
  ['use in a text', 'version: v1\nnodes:\n  a: { use: ▸./clean.yaml }\n', M, /no files beside it/, /loadManifest/],
  ['an output of no node', `outputs: { output: ▸b.output }\n${one}`, M, /unknown node "b"/, /a/],
]

for (const row of rows)
  t.test(`manifest: refuses ${row[0]}`, async (t) => {
    const { text } = marked(row[1])
    const start = cpuMs()
    const error = parseRefused(text)
    t.equal(error.code, 'ANB_MANIFEST')
    checkRow(t, row, error, cpuMs() - start)
  })

t.test('manifest: more bytes than the limit, and with the limit raised', async (t) => {
  const text = `${one}# ${'x'.repeat(262_144)}\n`
  t.match(parseRefused(text).issues, [
    { code: 'ANB_LIMIT', line: 1, column: 1, message: /bytes, more than 262144/, fix: /manifest_bytes/ },
  ])
  t.match(parseRefused(`${text}more: 1`, { limits: { manifest_bytes: 300_000 } }).issues, [
    { code: M, message: /unknown key "more"/ },
  ])
})

t.test('manifest: the depth can be raised, though never to where the stack ends', async (t) => {
  const deep = `version: v1\nnodes: { a: { type: X, params: { a: ${'['.repeat(60)}${']'.repeat(60)} } } }\n`
  t.match(parseRefused(deep).issues, [{ code: 'ANB_LIMIT', line: 2 }])
  t.match(parseRefused(deep.replace('v1', 'v2'), { limits: { manifest_depth: 100 } }).issues, [
    { message: /version is/ },
  ])
  t.match(parseRefused('['.repeat(200_000), { limits: { manifest_depth: 1e9 } }).issues, [
    { code: 'ANB_LIMIT', message: /deeper than 256/, column: 257 },
  ])
})

t.test('manifest: UTF-16, and bytes that are no UTF-8', async (t) => {
  const utf16 = Buffer.from(`\uFEFF${one}`, 'utf16le')
  const told = { code: M, line: 1, column: 1, message: /UTF-16/, fix: /save it as UTF-8/ }
  t.match(parseRefused(utf16).issues, [told])
  t.match(parseRefused(Buffer.from(utf16).swap16()).issues, [told])
  t.match(parseRefused(Buffer.from(one, 'utf16le')).issues, [
    { code: M, line: 1, column: 2, message: /control character U\+0000/, fix: /plain text/ },
  ])
  const latin = Buffer.from('version: v1\nmetadata: { name: caf\xe9 }\n', 'latin1')
  t.match(parseRefused(latin).issues, [{ code: M, line: 2, column: 22, message: /not UTF-8/, fix: /UTF-8/ }])
})

t.test('manifest: JSON is JSON, with the same places', async (t) => {
  const file = 'pipeline.json'
  const refused = (text: string) => parseRefused(text, { file }).issues
  t.match(refused('{"version": "v1", "nodes": {"a": {"type": "X", "type": "Y"}}}'), [
    { file, line: 1, column: 48, message: /"type" is there twice/ },
  ])
  t.match(refused('{"version": "v1", "nodes": {"a": {"type": "X"}},}'), [
    { line: 1, column: 49, message: /not JSON/, fix: /\.yaml/ },
  ])
  t.match(refused('{version: v1}'), [{ line: 1, column: 2, message: /not JSON/ }])
  t.match(refused('{"version": "v1",\n "nodes": {"a": {"type": "X", "__proto__": 1}}}'), [{ line: 2, column: 31 }])
})

t.test('manifest: everything that is wrong with it at once, in the order of the file', async (t) => {
  const { issues, message } = parseRefused(`version: v2
mode: lossles
nodes:
  a: { typ: X, timeout_ms: no, on_error: skipp, retry: { max_retries: 1e9, base_ms: -1 } }
  a.b: { type: X, timeout_ms: 1e999, in: { input: { form: a.output } } }
  c: { type: X, params: { p: '\${env:NOPE}' } }
`)
  t.same(
    issues.map(({ line, column }) => [line, column]),
    [
      [1, 10],
      [2, 7],
      [4, 3],
      [4, 8],
      [4, 28],
      [4, 42],
      [4, 71],
      [4, 85],
      [5, 3],
      [5, 31],
      [5, 44],
      [5, 53],
      [6, 30],
    ].sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d),
    JSON.stringify(issues.map(({ message, line, column }) => [line, column, message])),
  )
  t.match(message, /pipeline\.yaml has \d+ problems:\n {2}pipeline\.yaml:1:10 version is "v2"/)
  t.ok(issues.every(({ fix }) => fix !== undefined))
})
