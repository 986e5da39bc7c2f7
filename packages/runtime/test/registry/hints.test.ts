import {
  anything,
  definePlugin,
  type NodeFactory,
  NodeOutputs,
  NotAvailableError,
  type Runtime,
} from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, Registry, validate } from '@anabranch/runtime'
import t from 'tap'
import { rejected, thrown } from '../coded.ts'
import { mapNode, pass } from '../nodes.ts'

const factory = (runtime: Runtime): NodeFactory => ({
  runtime,
  create: () => ({ nodeType: 'Gain', runtime, execute: () => new NodeOutputs({}) }),
})
const offering = (...runtimes: Runtime[]) => {
  const registry = new Registry().register('Other', pass)
  for (const runtime of runtimes) registry.register('Gain', factory(runtime))
  return registry
}
const noBinary = {
  name: '@anabranch/nodes-native',
  error: new NotAvailableError('there is no addon for this machine', { fix: 'build it' }),
}
const lack = { reason: 'there is no Python at /nowhere', fix: 'install Python' }
/** Python offers it, and says that it is not there. */
const withoutPython = (...runtimes: Runtime[]) =>
  offering(...runtimes).register('Gain', { ...factory('python'), available: () => lack })
const unavailable = (...runtimes: Runtime[]) => offering(...runtimes).with([], [noBinary])

t.test('Registry: aliases of a hint are refused by the name that is meant', async (t) => {
  const rows: [unknown, RegExp, RegExp][] = [
    ['rust', /unknown runtime_hint "rust": here it is called "native"/, /write "native"/],
    ['rust_native', /here it is called "native"/, /write "native"/],
    ['cpython', /here it is called "python"/, /write "python"/],
    ['typescript', /here it is called "javascript"/, /write "javascript"/],
    ['js', /here it is called "javascript"/, /write "javascript"/],
    ['rusty', /unknown runtime_hint "rusty"; did you mean "native"\?/, /^write "native"$/],
    ['pyhton', /did you mean "python"\?/, /^write "python"$/],
    ['typescrit', /did you mean "javascript"\?/, /^write "javascript"$/],
    ['wasm', /unknown runtime_hint "wasm"/, /use one of auto, native, javascript, python/],
    ['constructor', /unknown runtime_hint "constructor"/, /use one of/],
    [7, /unknown runtime_hint 7/, /use one of/],
    [null, /unknown runtime_hint null/, /use one of/],
  ]
  for (const [hint, message, fix] of rows) {
    const error = thrown('ANB_NODE_NOT_FOUND', () => offering('native').resolve('Gain', hint as Runtime))
    t.match(error.message, message)
    t.match(error.fix, fix)
  }
})

t.test('Registry: what is not found says why each runtime was passed over', async (t) => {
  const all = /native: (.*); javascript: (.*); python: (.*)\)$/
  const rows: [
    string,
    Registry,
    string,
    Runtime | 'auto',
    'ANB_NODE_NOT_FOUND' | 'ANB_NOT_AVAILABLE',
    RegExp[],
    RegExp,
  ][] = [
    [
      'nothing near',
      offering(),
      'Zzzzzz',
      'auto',
      'ANB_NODE_NOT_FOUND',
      [all, /no native plugin offers/],
      /name the plugin/,
    ],
    ['a typo', offering('native'), 'Gian', 'auto', 'ANB_NODE_NOT_FOUND', [all, /did you mean "Gain"/], /write "Gain"/],
    [
      'python without Python',
      offering('native', 'javascript'),
      'Gain',
      'python',
      'ANB_NODE_NOT_FOUND',
      [/with runtime python \(native: runtime_hint is python; .*python: no python plugin offers "Gain"\)/],
      /it is there as native and javascript: leave runtime_hint out/,
    ],
    [
      'python that is offered, and not there',
      withoutPython('javascript'),
      'Gain',
      'python',
      'ANB_NOT_AVAILABLE',
      [
        /^"Gain" cannot run here with runtime python \(native: runtime_hint is python; javascript: runtime_hint is python; python: there is no Python at \/nowhere\)$/,
      ],
      /^install Python; or it is there as javascript: leave runtime_hint out$/,
    ],
    [
      'native, where only Python has it and is not there',
      withoutPython(),
      'Gain',
      'native',
      'ANB_NODE_NOT_FOUND',
      [/with runtime native \(native: no native plugin offers "Gain"; javascript: runtime_hint is native/],
      /name the plugin/,
    ],
    [
      'Python is not there, no twin',
      withoutPython(),
      'Gain',
      'auto',
      'ANB_NOT_AVAILABLE',
      [/^"Gain" cannot run here \(native: no native .*; javascript: no .*; python: there is no Python at \/nowhere\)$/],
      /^install Python$/,
    ],
    [
      'native without a binary',
      unavailable('javascript'),
      'Gain',
      'native',
      'ANB_NOT_AVAILABLE',
      [/native: no native plugin offers "Gain"; @anabranch\/nodes-native could not be loaded: there is no addon/],
      /^build it; or it is there as javascript: leave runtime_hint out$/,
    ],
    [
      'no binary, no twin',
      unavailable(),
      'Gain',
      'auto',
      'ANB_NOT_AVAILABLE',
      [all, /there is no addon(?!.*there is no addon)/],
      /^build it$/,
    ],
    [
      'no binary, a typo',
      unavailable(),
      'Othre',
      'auto',
      'ANB_NODE_NOT_FOUND',
      [/did you mean "Other"/],
      /write "Other"/,
    ],
  ]
  for (const [what, registry, type, hint, code, messages, fix] of rows) {
    const error = thrown(code, () => registry.resolve(type, hint))
    for (const message of messages) t.match(error.message, message, what)
    t.match(error.fix, fix, what)
    if (/nodes-native/.test(error.message) && code === 'ANB_NOT_AVAILABLE') t.equal(error.cause, noBinary.error)
  }
})

t.test('Registry: a twin steps in where a plugin could not be loaded, and the reason is there', async (t) => {
  const { runtime, passedOver } = unavailable('javascript').resolve('Gain')
  t.equal(runtime, 'javascript')
  t.match(passedOver, [
    {
      runtime: 'native',
      reason: /no native plugin offers "Gain"; @anabranch\/nodes-native could not be loaded: there/,
    },
  ])
})

t.test(
  'Registry: a twin steps in where a factory says that it is not available, and the reason is there',
  async (t) => {
    let there = false
    const registry = offering('javascript')
      .register('Gain', {
        ...factory('native'),
        available: () => (there ? null : { reason: 'no licence', fix: 'buy one' }),
      })
      .with([])
    t.equal(registry.createNode('Gain', {}).runtime, 'javascript')
    t.match(registry.resolve('Gain').passedOver, [{ runtime: 'native', reason: 'no licence' }])
    there = true
    t.equal(registry.createNode('Gain', {}).runtime, 'native', 'it is asked each time')
  },
)

t.test('validate: a type is asked once, however many nodes have it', async (t) => {
  let asked = 0
  const registry = new Registry().register('Pass', {
    ...pass,
    available() {
      asked++
      return null
    },
  })
  const node = { type: 'Pass', in: { input: 'in' } }
  const { ok } = await validate({ version: 'v1', inputs: { in: {} }, nodes: { a: node, b: node, c: node } } as never, {
    registry,
  })
  t.ok(ok)
  t.equal(asked, 1)
})

t.test(
  'a node in a pipeline literal that is not available gives way to a registered twin, else it is refused',
  async (t) => {
    const own = { ...pass, available: () => lack }
    const pipeline = definePipeline({ inputs: { in: anything }, nodes: { gain: { type: own, in: { input: 'in' } } } })
    const error = await rejected('ANB_NOT_AVAILABLE', createExecutor(pipeline))
    t.match(
      error.message,
      /"Pass" of the pipeline cannot run here \(javascript: there is no Python at \/nowhere\); no node/,
    )
    t.equal(error.fix, 'install Python')
    const executor = await createExecutor(pipeline, { registry: new Registry().register('Pass', pass) })
    t.same((await executor.execute({ in: 7 })).get('output'), 7)
    await executor.close()
  },
)

t.test('Registry: an available that is no function is refused', async (t) => {
  t.match(
    thrown('ANB_PLUGIN', () => offering().register('Gain', { ...factory('native'), available: true as never })).message,
    /available/,
  )
})

t.test('Registry: with() leaves the first one as it was', async (t) => {
  const first = offering('javascript')
  const more = first.with([definePlugin({ name: 'more', apiVersion: 1, nodes: [mapNode('More', (n) => n)] })])
  more.register('Gain', factory('native'))
  t.same(first.types, ['Other', 'Gain'])
  t.same(more.types, ['Other', 'Gain', 'More'])
  t.equal(first.resolve('Gain').runtime, 'javascript')
  t.equal(more.resolve('Gain').runtime, 'native')
  const error = thrown('ANB_PLUGIN', () =>
    first.with([definePlugin({ name: 'twice', apiVersion: 1, nodes: [mapNode('Other', (n) => n)] })]),
  )
  t.match(error.message, /"Other" is there twice: from register\(\) and from plugin "twice"/)
})
