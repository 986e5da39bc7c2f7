import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createPythonPlugin, type PythonPlugin, softClip } from '@anabranch/nodes-python'
import { AudioBuffer, audio, defineNode, isAnabranchError, type NodeFactory } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, Registry, validate } from '@anabranch/runtime'
import t, { type Test } from 'tap'

const pipeline = (runtime_hint: 'auto' | 'python') =>
  definePipeline({
    inputs: { mic: audio },
    nodes: { clip: { type: softClip, runtime_hint, in: { input: 'mic' } } },
  })

/** The same node in JavaScript, for one that is not there in Python; it shows by a sign who ran. */
const twin = defineNode({
  type: 'SoftClipNode',
  summary: 'Turns the sign.',
  inputs: { input: audio },
  outputs: { output: audio },
  create: () => ({
    execute: ({ input }) => ({
      output: new AudioBuffer(
        input.samples.map((x) => -x),
        input.sampleRate,
        input.channels,
      ),
    }),
  }),
})

async function refusal(registry: Registry, hint: 'auto' | 'python') {
  const error = await createExecutor(pipeline(hint), { registry }).then(
    () => new Error('it was made'),
    (reason: unknown) => reason,
  )
  if (!isAnabranchError(error)) throw error
  return error
}

async function nothingStarted(t: Test, { host }: PythonPlugin) {
  t.equal(await host.server(), undefined)
  t.notOk(process.getActiveResourcesInfo().includes('ProcessWrap'), 'no process was started')
}

t.test('python without its interpreter is told when the pipeline is checked, and nothing is started', async (t) => {
  const plugin = createPythonPlugin({ python: '/nowhere/bin/python' })
  const registry = new Registry([plugin])
  const { ok, problems } = await validate(pipeline('python'), { registry })
  t.equal(ok, false)
  const message =
    'node "clip": "SoftClipNode" cannot run here with runtime python (native: runtime_hint is python; ' +
    'javascript: runtime_hint is python; python: there is no Python at /nowhere/bin/python)'
  const fix = 'give the path of an interpreter that has the anabranch package installed'
  t.match(problems, [{ path: 'nodes.clip.type', code: 'ANB_NOT_AVAILABLE', message: message.slice(13), fix }])
  t.match(await refusal(registry, 'python'), { code: 'ANB_NOT_AVAILABLE', fix })
  t.match(await refusal(registry, 'auto'), {
    code: 'ANB_NOT_AVAILABLE',
    message: /no native plugin offers.*no javascript/,
  })
  await nothingStarted(t, plugin)
})

t.test('auto does not choose a Python that is not there', async (t) => {
  const plugin = createPythonPlugin({ python: '/nowhere/bin/python' })
  const registry = new Registry([plugin]).register('SoftClipNode', twin)
  t.match((await validate(pipeline('auto'), { registry })).problems, [])
  const executor = await createExecutor(pipeline('auto'), { registry })
  const results = await executor.execute({ mic: new AudioBuffer(new Float32Array([0.5]), 8000, 1) })
  t.same(results.get('output')?.samples, new Float32Array([-0.5]))
  await executor.close()
  t.match(await refusal(registry, 'python'), { fix: /; or it is there as javascript: leave runtime_hint out$/ })
  await nothingStarted(t, plugin)
})

t.test(
  'an installed package without its environment: all that is missing, and the command that makes it',
  async (t) => {
    const folder = t.testdir({ 'package.json': '{ "type": "module" }' })
    cpSync(fileURLToPath(new URL('../../../packages/nodes-python/dist', import.meta.url)), join(folder, 'dist'), {
      recursive: true,
    })
    cpSync(
      fileURLToPath(new URL('../../../packages/nodes-python/descriptions.json', import.meta.url)),
      join(folder, 'descriptions.json'),
    )
    const module = await import(pathToFileURL(join(folder, 'dist', 'index.js')).href)
    const make: typeof createPythonPlugin = module.createPythonPlugin
    const noServer = make({ python: process.execPath, env: { PATH: '/nowhere' } })
    const error = await refusal(new Registry([noServer]), 'python')
    t.match(error, { code: 'ANB_NOT_AVAILABLE', message: /python: there is no NATS server: no URL, none on PATH/ })
    t.match(error.fix, /^set NATS_URL, install nats-server, or run: node .*make-environment\.mjs$/)
    const nothing = make({ env: {} })
    t.match(await refusal(new Registry([nothing]), 'auto'), {
      message: new RegExp(`python: there is no Python at ${folder}/python/.venv/bin/python; there is no NATS server`),
      fix: /^run: node [^ ]*make-environment\.mjs$/,
    })
    const transcribe = nothing.nodes.find((node) => node.spec?.type === 'TranscribeNode') as NodeFactory
    t.match(transcribe.available?.()?.fix, /make-environment\.mjs --extras$/, 'with what the node needs, at once')
    const named = make({ python: process.execPath, env: { NATS_URL: 'nats://10.0.0.9:4222' } })
    t.match(await refusal(new Registry([named]), 'python'), { message: /on another machine/, fix: /tls/ })
    for (const plugin of [noServer, nothing, named]) await nothingStarted(t, plugin)
  },
)

t.test('a closed host offers nothing; one with all it needs does', async (t) => {
  const plugin = createPythonPlugin()
  const registry = new Registry([plugin])
  t.match(await validate(pipeline('python'), { registry }), { ok: true, problems: [] })
  await nothingStarted(t, plugin)
  await plugin.close()
  t.match(await refusal(registry, 'auto'), { message: /python: the Python host is closed/, fix: 'make another one' })
})
