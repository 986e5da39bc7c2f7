import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'

const run = promisify(execFile)
const PACKAGES = ['plugin-sdk', 'runtime', 'nodes-native', 'nodes-python']

interface PackageJson {
  readonly sideEffects?: unknown
  readonly exports: Readonly<Record<string, unknown>>
}

/** What an import could leave behind: seen from outside, in a process of its own. */
const PROGRAM = `
// The test runner watches the processes that its tests start, from the first file that is loaded in them.
await import(process.argv[2])
// Node.js changes some of its own globals when these are first used.
await import('node:worker_threads')
void [globalThis.Request, globalThis.FormData, globalThis.MessageEvent]
const roots = { globalThis, Object, Function, Array, String, Number, Promise, Map, Set, Error, Symbol, JSON, Math, Reflect,
  Uint8Array, Float32Array, ArrayBuffer, SharedArrayBuffer, EventTarget, AbortSignal, process, 'process.env': process.env }
for (const name of Object.keys(roots)) if (roots[name]?.prototype) roots[name + '.prototype'] = roots[name].prototype
const seen = () => {
  const found = new Map()
  for (const [name, root] of Object.entries(roots))
    for (const key of Reflect.ownKeys(root)) {
      const { value, get } = Object.getOwnPropertyDescriptor(root, key)
      // Node.js makes some of its own globals at their first use: a getter becomes a value.
      found.set(name + '.' + String(key), typeof value === 'function' || typeof value === 'object' || !get ? { value } : {})
    }
  for (const name of process.eventNames()) found.set('listeners of ' + String(name), { value: process.listenerCount(name) })
  return found
}
// zod keeps its settings where its own copies find them.
const ignored = (key) => /^process\\.(_|domain$|report$|title$)|^globalThis\\.__zod_/.test(key)
const before = seen()
await import(process.argv[1])
const after = seen()
const changed = []
for (const [key, now] of after) {
  if (ignored(key)) continue
  const was = before.get(key)
  if (was === undefined) changed.push('new: ' + key)
  else if ('value' in was && 'value' in now && !Object.is(was.value, now.value)) changed.push('other: ' + key)
}
for (const key of before.keys()) if (!after.has(key)) changed.push('gone: ' + key)
console.log(JSON.stringify(changed))
`

/** A module that does nothing. */
const NOTHING = import.meta.resolve('./nothing.js')

for (const name of PACKAGES) {
  const path = fileURLToPath(new URL(`../../../packages/${name}/package.json`, import.meta.url))
  const { sideEffects, exports } = JSON.parse(readFileSync(path, 'utf8')) as PackageJson
  const doors = Object.keys(exports).filter((door) => !door.endsWith('.json'))
  t.test(`importing @anabranch/${name} changes nothing`, async (t) => {
    t.equal(sideEffects, false, 'package.json says so')
    for (const door of doors) {
      const specifier = `@anabranch/${name}${door.slice(1)}`
      const url = import.meta.resolve(specifier)
      const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', PROGRAM, url, NOTHING], {
        timeout: 30_000, // It ends by itself: nothing is kept open.
      })
      t.same(JSON.parse(stdout), [], specifier)
      t.equal(stderr, '', 'and says nothing')
    }
  })
}
