import { defineNode, InvalidInputsError, json, number, PluginError, text } from '@anabranch/plugin-sdk'
import t from 'tap'
import { z } from 'zod'
import { failures, texts, words } from './broken.ts'

type Words = { readonly input: string; readonly more?: string | undefined }

/** A text node with a second, optional input. */
const node = (execute: (inputs: Words) => unknown, spec: object = {}) =>
  defineNode({
    ...texts,
    inputs: { input: text, more: text.optional() },
    ...spec,
    create: () => ({ execute: execute as never }),
  })
const pairs = [
  { input: 'a', more: '1' },
  { input: 'b', more: '2' },
]

t.test('testNode: C68, another kind of value is another error than of inputs', async (t) => {
  const refusing = (error: Error) =>
    node(({ input }) => {
      if (typeof input !== 'string') throw error
      return { output: input }
    })
  const plugin = new PluginError('it is no text', { fix: 'none' })
  t.same(await failures(refusing(plugin), words), ['C68'])
  t.same(
    await failures(refusing(new InvalidInputsError('it is no text', { key: 'input', fix: 'send text' })), words),
    [],
  )
  t.same(await failures(refusing(new TypeError('input.at is not a function')), words), [], 'which the host codes')
  t.same(
    await failures(
      node(({ input }) => ({ output: String(input) })),
      words,
    ),
    [],
    'it may take it',
  )
})

t.test('testNode: C68, a node that one bad set leaves hurt', async (t) => {
  const hurt = defineNode({
    ...texts,
    create: () => {
      let broken = false
      return {
        execute: ({ input }) => {
          broken ||= typeof input !== 'string'
          if (broken) throw new InvalidInputsError('no more', { key: 'input', fix: 'none' })
          return { output: input }
        },
      }
    },
  })
  t.same(await failures(hurt, words), ['C68'])
})

t.test('testNode: C68, an optional input that is needed, and required ones that are missing', async (t) => {
  const needy = node(({ input, more }) => ({ output: input + (more as string).toUpperCase() }))
  t.same(await failures(needy, pairs), ['C68'])
  t.same(
    await failures(
      node(({ input, more = '' }) => ({ output: input + more })),
      pairs,
    ),
    [],
  )
  const both = defineNode({
    ...texts,
    inputs: { input: text, count: number },
    create: () => ({ execute: ({ input, count }) => ({ output: input.repeat(count) }) }),
  })
  t.same(await failures(both, [{ input: 'a', count: 2 }]), [], 'the host refuses those')
})

t.test('testNode: C68, json that its schema refuses', async (t) => {
  const point = (strict: boolean) =>
    defineNode({
      ...texts,
      inputs: { input: json(z.object({ x: z.number() })) },
      create: () => ({
        execute: ({ input }) => {
          if (strict && input === null) throw new PluginError('no point', { fix: 'none' })
          return { output: String(input?.x) }
        },
      }),
    })
  t.same(await failures(point(true), [{ input: { x: 1 } }]), ['C68'])
  t.same(await failures(point(false), [{ input: { x: 1 } }]), [])
})

t.test('testNode: C69, a set that gives nothing, where the spec does not say so', async (t) => {
  const dropping = (spec: object) => node(({ input }) => (input === 'b' ? undefined : { output: input }), spec)
  t.same(await failures(dropping({}), words), ['C69'])
  t.same(await failures(dropping({ filters: true }), words), [])
  t.same(await failures(dropping({ time: 'span' }), words), [], 'what is kept for later')
  const empty = node(() => ({ output: undefined }))
  t.same(await failures(empty, words), ['C69'], 'a key without a value is nothing')
})

t.test('testNode: C69, a set that never comes to its end', async (t) => {
  const endless = node(function* ({ input }) {
    for (;;) yield { output: input }
  })
  const failed = await failures(endless, words)
  t.ok(failed.includes('result') && failed.includes('C69'), failed.join())
})

t.test('testNode: C69, a set that fails is a set that is settled', async (t) => {
  const failing = node(({ input }) => {
    if (input === 'b') throw new Error('no b')
    return { output: input }
  })
  t.notOk((await failures(failing, words)).includes('C69'))
  const late = node(function* ({ input }) {
    yield { output: input }
    if (input === 'b') throw new Error('no more of b')
  })
  t.notOk((await failures(late, words)).includes('C69'), 'also after an output')
})
