import { join } from 'node:path'
import t from 'tap'
import { command } from '../command.ts'
import { folderOf, root } from '../files.ts'
import { brokenCrate } from './broken-crate.ts'
import { olderParams } from './older-params.ts'

// Each node is run some thirty times, and an addon is built.
t.setTimeout(600_000)

interface Told {
  readonly ok: boolean
  readonly nodes: readonly {
    readonly type: string
    readonly where: string
    readonly rules: readonly { rule: string; state: string; message?: string; at?: string; page: string }[]
  }[]
}

async function conform(...args: string[]): Promise<Told & { readonly code: number }> {
  const { code, out, err } = await command(['conform', ...args, '--json'])
  if (out === '') throw new Error(err)
  return { ...(JSON.parse(out) as Told), code }
}

/** `Type where`: the rules that it breaks. */
function broken({ nodes }: Told): Record<string, string[]> {
  return Object.fromEntries(
    nodes.map(({ type, where, rules }) => [
      `${type} ${where}`,
      rules.filter(({ state }) => state === 'broken').map(({ rule }) => rule),
    ]),
  )
}

const MISTAKES: Readonly<Record<string, readonly string[]>> = {
  GoodNode: [],
  ReordersNode: ['C15'],
  SwallowsNode: ['C69'],
  LeaksTimerNode: ['C71'],
  DeafNode: ['C46'],
  MutatesNode: ['C25'],
  LosesTailNode: ['C29'],
  AfterEndNode: ['C17'],
  WrongKeyNode: ['C6'],
  LeaksFrameNode: ['C70'],
  ByChunkNode: ['C28'],
}

t.test(
  'ten broken plugins, inline and on a thread: each breaks its rule and no other; the good one none',
  async (t) => {
    const file = join(root, 'packages/cli/.build-test/conform/broken-nodes.js')
    const told = await conform(file)
    const expected = Object.entries(MISTAKES).flatMap(([type, rules]) =>
      ['inline', 'thread'].map((where) => [`${type} ${where}`, rules]),
    )
    t.same(broken(told), Object.fromEntries(expected))
    t.equal(told.code, 4)
    for (const { rules } of told.nodes)
      for (const { state, at, page, rule } of rules)
        if (state === 'broken') {
          t.match(at, /broken-nodes\.(ts|js):\d+$/, `${rule} says where`)
          t.equal(page, `docs/conformance.md#${rule.toLowerCase()}`)
        }
  },
)

t.test('an operator that emits after its end, or from a timer that it does not own up to', async (t) => {
  const plugin = folderOf(t, {
    'late.mjs': `import { defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
const node = (type, operator, more = {}) => defineNode({
  type, summary: 'Late.', inputs: { input: text }, outputs: { output: text }, ...more, create: () => ({ operator }),
})
/** An observable written by hand, which nobody keeps from going on. */
const late = node('LateNode', () => (inputs) => ({
  subscribe(to) {
    return inputs.subscribe({
      next: ({ input }) => to.next({ output: input }),
      error: (error) => to.error(error),
      complete: () => { to.complete(); setTimeout(() => to.next({ output: 'late' }), 1) },
    })
  },
}), { lineage: 'each' })
export default definePlugin({ name: 'late', apiVersion: 1, nodes: [late] })
`,
  })('late.mjs')
  t.same(broken(await conform(plugin)), { 'LateNode inline': ['C17'] })
})

t.test('what is kept and not copied, held without end, or of another format than the port says', async (t) => {
  const plugin = folderOf(t, {
    'more.mjs': `import { audio, AudioBuffer, defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
import { bufferCount, map } from 'rxjs'
const keeps = defineNode({
  type: 'KeepsNode', summary: 'Keeps a view.', inputs: { input: audio }, outputs: { output: audio },
  create: () => {
    let last
    return { execute: ({ input }) => {
      const output = (last ?? input).map((sample) => sample)
      last = input
      return { output }
    } }
  },
})
const holds = defineNode({
  type: 'HoldsNode', summary: 'Holds.', inputs: { input: text }, outputs: { output: text }, maxHeld: 4,
  create: () => ({ operator: () => (inputs) => inputs.pipe(bufferCount(6), map(([{ input }]) => ({ output: input }))) }),
})
const other = defineNode({
  type: 'OtherRateNode', summary: 'Another rate.', inputs: { input: text },
  outputs: { output: audio.with({ sampleRate: 48_000 }) },
  create: () => ({ execute: () => ({ output: new AudioBuffer(new Float32Array(8), 16_000) }) }),
})
export default definePlugin({ name: 'more', apiVersion: 1, nodes: [keeps, holds, other] })
`,
  })('more.mjs')
  const found = broken(await conform(plugin, '--where', 'inline'))
  t.ok(found['KeepsNode inline']?.includes('C26'), JSON.stringify(found))
  t.ok(found['HoldsNode inline']?.includes('C40'), JSON.stringify(found))
  t.same(found['OtherRateNode inline'], ['C7'])
})

t.test('five of them in Python, and a good one', async (t) => {
  const told = await conform(join(root, 'packages/cli/test/conform/broken_nodes.py'))
  t.same(broken(told), {
    'PyGoodNode process': [],
    'PyLosesTailNode process': ['C29'],
    'PyByChunkNode process': ['C28'],
    'PySwallowsNode process': ['C69'],
    'PyWrongKeyNode process': ['C6'],
    'PyDeafNode process': ['C46'],
  })
})

const crate = brokenCrate()

t.test('params of an older version of a node in Rust', async (t) => olderParams(t, await crate))

t.test('five of them in Rust, and good ones', async (t) => {
  const told = await conform(await crate, '--where', 'thread')
  t.same(broken(told), {
    'RustGoodNode thread': [],
    'OlderGainNode thread': [],
    'RustLosesTailNode thread': ['C29'],
    'RustByChunkNode thread': ['C28'],
    'RustSwallowsNode thread': ['C69'],
    'RustWrongKeyNode thread': ['C6'],
    'RustDeafNode thread': ['C46'],
  })
})

t.test(
  'a node that never comes back, and one that ends the process, are told of; the rules after them are looked at',
  async (t) => {
    const plugin = folderOf(t, {
      'ends.mjs': `import { defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
let told = 0
const ends = defineNode({
  type: 'EndsNode', summary: 'Ends.', inputs: { input: text }, outputs: { output: text },
  create: () => ({ execute: ({ input }) => (++told === 60 ? process.exit(3) : { output: input }) }),
})
export default definePlugin({ name: 'ends', apiVersion: 1, nodes: [ends] })
`,
    })('ends.mjs')
    const { nodes, code } = await conform(plugin, '--where', 'inline')
    const rules = nodes[0]?.rules ?? []
    const hit = rules.filter(({ state }) => state === 'broken')
    t.ok(
      hit.some(({ message }) => message === 'it ended the process (exit code 3)'),
      JSON.stringify(hit),
    )
    t.ok(rules.some(({ rule, state }) => rule === 'C71' && state === 'kept'))
    t.equal(code, 4)
  },
)

t.test('twins: native and JavaScript give the same; a node that does not is no twin', async (t) => {
  const same = await conform(
    'GainNode',
    '--runtime',
    'native',
    '--where',
    'inline',
    '--against',
    'GainNode@javascript',
    '--params',
    '{"db":6}',
  )
  t.same(broken(same), { 'GainNode inline': [] })
  t.equal(same.nodes[0]?.rules.find(({ rule }) => rule === 'C72')?.state, 'kept')
  t.equal(same.code, 0)
  const other = await conform('GainNode', '--runtime', 'native', '--where', 'inline', '--against', 'DenoiseNode')
  t.same(broken(other), { 'GainNode inline': ['C72'] })
})
