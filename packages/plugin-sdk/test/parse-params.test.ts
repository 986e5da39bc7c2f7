import { setImmediate } from 'node:timers/promises'
import { parseParams } from '@anabranch/plugin-sdk/host'
import t from 'tap'
import { z } from 'zod'
import { thrown } from './coded.ts'

const schema = z.object({ db: z.number().default(0), mode: z.enum(['soft', 'hard']).default('soft'), at: z.number() })

t.test('parseParams: defaults are applied', async (t) => {
  t.same(parseParams('Node', schema, { at: 3 }), { db: 0, mode: 'soft', at: 3 })
  t.same(parseParams('Node', z.object({ db: z.number().default(0) }), undefined), { db: 0 })
  t.same(parseParams('Node', undefined, undefined), {})
  t.same(parseParams('Node', undefined, null), {})
})

t.test('parseParams: every issue at once, with path, expected and received', async (t) => {
  const error = thrown('ANB_PARAMS', () => parseParams('Node', schema, { db: 'loud', gian: 1, mode: 'soft' }))
  t.same(
    error.issues.map((issue) => [issue.path, issue.expected, issue.received]),
    [
      ['db', 'number', 'a string'],
      ['at', 'number', 'nothing'],
      ['gian', 'one of db, mode, at', undefined],
    ],
  )
  for (const issue of error.issues) t.match(issue, { code: 'ANB_PARAMS', severity: 'error', message: String })
  t.match(error.message, /^params of Node: db: .*; at: .*; gian: unknown param "gian"/)
})

t.test('parseParams: nested paths are dotted', async (t) => {
  const nested = z.object({ bands: z.array(z.object({ hz: z.number() })) })
  const error = thrown('ANB_PARAMS', () => parseParams('Node', nested, { bands: [{ hz: 1 }, { hz: 'x' }] }))
  t.match(error.issues, [{ path: 'bands.1.hz', received: 'a string' }])
  t.equal(error.issues.length, 1)
})

t.test('parseParams: an unknown key says what was meant', async (t) => {
  const error = thrown('ANB_PARAMS', () => parseParams('Node', schema, { at: 1, dB: 3 }))
  t.match(error.issues, [{ path: 'dB', suggestion: 'db', fix: 'rename "dB" to "db"', message: /did you mean "db"/ }])
  const none = thrown('ANB_PARAMS', () => parseParams('Node', undefined, { db: 3 }))
  t.match(none.issues, [{ path: 'db', expected: 'no params' }])
  const proto = thrown('ANB_PARAMS', () => parseParams('Node', schema, JSON.parse('{"at":1,"__proto__":1}')))
  t.match(proto.issues, [{ path: '__proto__' }])
})

t.test('parseParams: a schema that allows other keys is believed', async (t) => {
  t.same(parseParams('Node', z.looseObject({ db: z.number() }), { db: 1, more: 2 }), { db: 1, more: 2 })
  t.same(parseParams('Node', z.record(z.string(), z.number()), { any: 1 }), { any: 1 })
})

t.test('parseParams: a schema without JSON Schema validates by itself', async (t) => {
  const bare = { '~standard': { version: 1, vendor: 'bare', validate: (value: unknown) => ({ value }) } } as const
  t.same(parseParams('Node', bare, { any: 1 }), { any: 1 })
  const wordless = z.object({ when: z.date() })
  t.match(parseParams('Node', wordless, { when: new Date(0), other: 1 }), { when: new Date(0) })
})

for (const params of ['x', 5, [], true])
  t.test(`parseParams refuses ${JSON.stringify(params)} as params`, async (t) => {
    t.match(
      thrown('ANB_PARAMS', () => parseParams('Node', schema, params)).message,
      /params must be an object, got (a|an) /,
    )
  })

t.test('parseParams: an asynchronous schema is refused, also when it rejects', async (t) => {
  const rejections: unknown[] = []
  const listen = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', listen)
  const rejecting = async () => Promise.reject(new Error('later'))
  const slow = [
    z.object({ db: z.number().refine(async () => true) }),
    { '~standard': { version: 1, vendor: 'slow', validate: rejecting } } as const,
  ]
  for (const each of slow) t.match(thrown('ANB_PLUGIN', () => parseParams('Node', each, { db: 1 })).fix, /prepare/)
  await setImmediate()
  await setImmediate()
  process.off('unhandledRejection', listen)
  t.same(rejections, [], 'nothing is left unhandled')
})

t.test('parseParams: a getter that throws is an issue, and the cause is kept', async (t) => {
  const cause = new Error('no such file')
  const params = Object.defineProperty({ at: 1 }, 'db', {
    enumerable: true,
    get: () => {
      throw cause
    },
  })
  const error = thrown('ANB_PARAMS', () => parseParams('Node', schema, params))
  t.equal(error.cause, cause)
  t.match(error.message, 'no such file')
  t.equal(error.issues.length, 1)
})
