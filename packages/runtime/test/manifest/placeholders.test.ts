// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a pipeline, not of a template
import { type ParseOptions, parseManifest } from '@anabranch/runtime'
import t from 'tap'
import { parseRefused } from './marked.ts'

const paramsOf = (params: string, options: ParseOptions = {}, head = '') =>
  parseManifest(`version: v1\n${head}\nnodes: { a: { type: X, params: { ${params} } } }\n`, { env: {}, ...options })
    .nodes.a?.params

const declared =
  'params: { rate: { type: integer, default: 16000 }, name: { type: string }, on: { type: boolean, default: false }, list: { type: array, default: [1] } }'

t.test('placeholders: a whole value has the type of the param, a part of a text is text', async (t) => {
  t.same(
    paramsOf(
      "a: '${param:rate}', b: 'at ${param:rate} Hz', c: '${param:on}', d: '${param:list}', e: 'x${param:list}'",
      {},
      declared,
    ),
    {
      a: 16000,
      b: 'at 16000 Hz',
      c: false,
      d: [1],
      e: 'x[1]',
    },
  )
})

t.test('placeholders: what is set, also as text, has the declared type', async (t) => {
  const set = { rate: '8000', name: 'x', on: 'true', list: '[2, 3]' }
  t.same(paramsOf("a: '${param:rate}', b: '${param:name}', c: '${param:on}', d: '${param:list}'", { set }, declared), {
    a: 8000,
    b: 'x',
    c: true,
    d: [2, 3],
  })
  t.same(paramsOf("a: '${param:rate}'", { set: { rate: 8000 } }, declared), { a: 8000 })
  const text = `version: v1\n${declared}\nnodes: { a: { type: X, params: { r: '\${param:rate}' } } }\n`
  for (const rate of ['fast', 1.5, true, ''])
    t.match(parseRefused(text, { set: { rate } }).issues, [
      { line: 2, column: 11, path: 'params.rate', message: /is set to .*, not integer/, fix: /type integer/ },
    ])
  t.match(parseRefused(text, { set: { rtae: 1 } }).issues, [
    { line: 2, column: 1, message: /unknown param "rtae"; did you mean "rate"/ },
  ])
})

t.test('placeholders: the environment, its default, an empty value, a plain ${', async (t) => {
  const env = { HOME: '/home/x', EMPTY: '' }
  t.same(
    paramsOf(
      "a: '${env:HOME}/m', b: '${env:NO:-d e}', c: '${env:EMPTY}', d: '${env:NO:-}', e: '$${env:HOME}', f: '$${', g: '${env:NO:-a:-b}'",
      { env },
    ),
    {
      a: '/home/x/m',
      b: 'd e',
      c: '',
      d: '',
      e: '${env:HOME}',
      f: '$${',
      g: 'a:-b',
    },
  )
  t.same(
    paramsOf("a: '${env:PATH}'", { env: { PATH: '${env:HOME}' } }),
    { a: '${env:HOME}' },
    'what is filled in is not read again',
  )
  t.match(
    parseRefused("version: v1\nnodes: { a: { type: X, params: { a: '${env:__proto__}', b: '${env:toString}' } } }\n")
      .issues,
    [
      { column: 37, message: /__proto__ is not set/ },
      { column: 60, message: /toString is not set/ },
    ],
  )
})

t.test('placeholders: two unset ones in one text are two issues, each in its column', async (t) => {
  t.match(parseRefused("version: v1\nnodes: { a: { type: X, params: { a: 'x ${env:A} and ${env:B}' } } }\n").issues, [
    { line: 2, column: 40, message: /A is not set/ },
    { line: 2, column: 53, message: /B is not set/ },
  ])
})

t.test('placeholders: the process environment is the default', async (t) => {
  const name = Object.keys(process.env)[0] as string
  t.same(parseManifest(`version: v1\nnodes: { a: { type: X, params: { a: '\${env:${name}}' } } }\n`).nodes.a?.params, {
    a: process.env[name],
  })
})
