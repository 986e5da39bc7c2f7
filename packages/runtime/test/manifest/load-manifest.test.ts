// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a pipeline, not of a template
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createExecutor, loadManifest, type ManifestOptions, validateFile } from '@anabranch/runtime'
import t, { type Test } from 'tap'
import { rejected } from '../coded.ts'
import { cpuMs } from '../cpu-ms.ts'
import { registry } from '../graph/pipelines.ts'
import { inTempFolder } from '../streams.ts'

async function withFiles(
  files: Record<string, string>,
  run: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (path) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(path(name)), { recursive: true })
      await writeFile(path(name), text)
    }
    await run(path)
  })
}

async function refused(
  t: Test,
  files: Record<string, string>,
  wanted: readonly object[],
  options: ManifestOptions = {},
): Promise<void> {
  await withFiles(files, async (path) => {
    const error = await rejected('ANB_MANIFEST', loadManifest(path('p.yaml'), { env: {}, ...options }))
    t.equal(error.issues.length, wanted.length, JSON.stringify(error.issues))
    t.match(
      error.issues.map((issue) => ({ ...issue, file: issue.file?.slice(path('x').length - 1) })),
      wanted,
    )
    t.ok(error.issues.every(({ fix, code }) => fix !== undefined && code.startsWith('ANB_')))
  })
}

const wide =
  'version: v1\ninputs: { mic: { kind: audio } }\noutputs: { output: w.output }\nnodes: { w: { type: Wide, in: { input: mic } } }\n'

t.test('loadManifest: what is no file', async (t) => {
  await refused(t, {}, [{ file: 'p.yaml', line: 1, column: 1, message: /there is no file/, fix: 'check the path' }])
  await refused(t, { 'p.yaml/x': '' }, [{ file: 'p.yaml', message: /is no file/ }])
  await refused(t, { 'p.yaml': `# ${'x'.repeat(300_000)}` }, [
    { code: 'ANB_LIMIT', message: /bytes, more than 262144/ },
  ])
  await withFiles({ 'p.yaml': '' }, async (path) => {
    spawnSync('mkfifo', [path('fifo')])
    t.match((await rejected('ANB_MANIFEST', loadManifest(path('fifo')))).issues, [{ message: /is no file/ }])
    await chmod(path('p.yaml'), 0)
    if (process.getuid?.() !== 0)
      t.match((await rejected('ANB_MANIFEST', loadManifest(path('p.yaml')))).issues, [{ fix: /permissions/ }])
  })
})

t.test('loadManifest: a profile is merged in, deeply', async (t) => {
  const text = `version: v1
mode: lossless
nodes: { a: { type: X, params: { x: 1, list: [1, 2], deep: { y: 1, z: 2 } } } }
profiles:
  prod: { mode: realtime, nodes: { a: { params: { list: [3], deep: { z: '\${env:Z}' } } }, b: { type: Y } } }
  other: { nodes: { a: { params: { x: '\${env:NOT_SET}' } } } }
`
  await withFiles(
    {
      'p.yaml': text,
      'list.json': JSON.stringify({
        version: 'v1',
        nodes: [{ id: 'a', type: 'X', params: { x: 1 } }],
        profiles: { prod: { nodes: { a: { params: { x: 2 } } } } },
      }),
    },
    async (path) => {
      t.same(await loadManifest(path('p.yaml'), { env: {} }), {
        version: 'v1',
        mode: 'lossless',
        nodes: { a: { type: 'X', params: { x: 1, list: [1, 2], deep: { y: 1, z: 2 } } } },
      })
      t.same(await loadManifest(path('p.yaml'), { env: { Z: '9' }, profile: 'prod' }), {
        version: 'v1',
        mode: 'realtime',
        nodes: { a: { type: 'X', params: { x: 1, list: [3], deep: { y: 1, z: '9' } } }, b: { type: 'Y' } },
      })
      t.same((await loadManifest(path('list.json'), { profile: 'prod' })).nodes, { a: { type: 'X', params: { x: 2 } } })
    },
  )
  await refused(
    t,
    { 'p.yaml': text },
    [{ line: 4, column: 1, message: /unknown profile "prd"; did you mean "prod"/, fix: 'write "prod"' }],
    { profile: 'prd' },
  )
  await refused(t, { 'p.yaml': text }, [{ line: 5, column: 73, message: /Z is not set/ }], { profile: 'prod' })
})

const clean = `version: v1
plugins: [ './nodes/x.ts', '@acme/x' ]
params: { amount: { type: integer, default: 2 } }
inputs: { mic: { kind: audio } }
outputs: { output: b.output }
nodes:
  a: { type: Params, params: { samples: '\${param:amount}' }, in: { input: { from: mic, max: 3 } } }
  b: { type: Wide, in: { input: a.output } }
`

t.test('loadManifest: used files become part of the pipeline', async (t) => {
  const top = `version: v1
inputs: { mic: { kind: audio } }
plugins: [ '@acme/x' ]
params: { n: { type: integer, default: 7 } }
nodes:
  first: { type: Wide, in: { input: mic } }
  clean: { use: ./sub/clean.yaml, params: { amount: '\${param:n}' }, in: { mic: { from: first.output, policy: drop-oldest, max: 9 } } }
  again: { use: ./sub/clean.yaml, in: { mic: clean.output } }
  both: { type: Wide, join: merge, in: { input: [again.output, clean.output] } }
`
  await withFiles({ 'p.yaml': top, 'sub/clean.yaml': clean }, async (path) => {
    const manifest = await loadManifest(path('p.yaml'), { env: {} })
    t.same(manifest, {
      version: 'v1',
      inputs: { mic: { kind: 'audio' } },
      plugins: ['@acme/x', './sub/nodes/x.ts'],
      params: { n: { type: 'integer', default: 7 } },
      nodes: {
        first: { type: 'Wide', in: { input: 'mic' } },
        'clean--a': {
          type: 'Params',
          params: { samples: 7 },
          in: { input: { from: 'first.output', policy: 'drop-oldest', max: 3 } },
        },
        'clean--b': { type: 'Wide', in: { input: 'clean--a.output' } },
        'again--a': { type: 'Params', params: { samples: 2 }, in: { input: { from: 'clean--b.output', max: 3 } } },
        'again--b': { type: 'Wide', in: { input: 'again--a.output' } },
        both: { type: 'Wide', join: 'merge', in: { input: ['again--b.output', 'clean--b.output'] } },
      },
    })
    t.same(Object.keys(manifest.nodes), ['first', 'clean--a', 'clean--b', 'again--a', 'again--b', 'both'])
  })
})

t.test('loadManifest: parts within parts, in the list form, run', async (t) => {
  const outer = `version: v1\ninputs: { x: { kind: audio } }\noutputs: { y: inner.output }\nnodes: { inner: { use: ../leaf/w.yaml, in: { mic: x } } }\n`
  const top =
    'version: v1\ninputs: { mic: { kind: audio } }\nnodes:\n  - { id: o, use: mid/outer.yaml }\n  - { id: last, type: Wide }\nconnections:\n  - { from: mic, to: o, input_key: x }\n  - { from: o.y, to: last }\n'
  await withFiles({ 'p.yaml': top, 'mid/outer.yaml': outer, 'leaf/w.yaml': wide }, async (path) => {
    const manifest = await loadManifest(path('p.yaml'))
    t.same(manifest.nodes, {
      'o--inner--w': { type: 'Wide', in: { input: 'mic' } },
      last: { type: 'Wide', in: { input: 'o--inner--w.output' } },
    })
    await (await createExecutor(manifest, { registry })).close()
  })
})

const use = (more: string) =>
  `version: v1\ninputs: { mic: { kind: audio } }\nnodes:\n  c: { use: ./sub/w.yaml, ${more} }\n`
const fed = 'in: { mic: mic }'

t.test('loadManifest: what is wrong with a part is told where it stands', async (t) => {
  const sub = { 'sub/w.yaml': wide }
  await refused(t, { 'p.yaml': use(fed) }, [{ file: 'p.yaml', line: 4, column: 13, message: /there is no file/ }])
  await refused(t, { 'p.yaml': use(fed), 'sub/w.yaml': 'version: v2\nnodes: {}\n' }, [
    { file: 'sub/w.yaml', line: 1, column: 10, message: /version is "v2"/ },
    { file: 'sub/w.yaml', line: 2, column: 1, message: /no nodes/ },
  ])
  await refused(t, { 'p.yaml': use(fed).replace('  c:', '  a: { type: X, timeout_ms: 0 }\n  c:'), 'sub/w.yaml': '[' }, [
    { file: 'p.yaml', line: 4, column: 29 },
  ])
  await refused(t, { 'p.yaml': use('in: { mik: mic }'), ...sub }, [
    { file: 'p.yaml', line: 4, column: 13, message: /nothing feeds the input "mic" of/ },
    { file: 'p.yaml', line: 4, column: 33, message: /unknown input of .*w.yaml "mik"; did you mean "mic"/ },
  ])
  await refused(
    t,
    {
      'p.yaml': `${use(fed)}  d: { type: Wide, in: { input: c.outptu } }\n  e: { type: Wide, in: { input: c } }\n`,
      ...sub,
    },
    [
      { line: 5, column: 33, message: /unknown output of .*w.yaml "outptu"; did you mean "output"/ },
      { line: 6, column: 33, message: /"c" is a part, not one of its outputs/, fix: 'write c.output' },
    ],
  )
  await refused(t, { 'p.yaml': use(`${fed}, params: { x: 1 }`), ...sub }, [
    { file: 'sub/w.yaml', message: /unknown param "x"/ },
  ])
  await refused(t, { 'p.yaml': use(`${fed}, on_error: skip`), ...sub }, [
    { line: 4, message: /unknown node option "on_error"/ },
  ])
  await refused(t, { 'p.yaml': use(fed), 'sub/w.yaml': `mode: realtime\n${wide}` }, [
    { line: 4, column: 13, message: /says mode realtime, this pipeline lossless/ },
  ])
  await refused(t, { 'p.yaml': `${use(fed)}  c--w: { type: Wide, in: { input: mic } }\n`, ...sub }, [
    { message: /"c--w" is there twice/ },
  ])
  await refused(t, { 'p.yaml': use(fed).replace('  c:', `  ${'c'.repeat(62)}:`), ...sub }, [
    { message: /longer than an id may be/ },
  ])
  await refused(t, { 'p.yaml': use(fed), 'sub/w.yaml': wide.replace('w.output', 'z.output') }, [
    { file: 'sub/w.yaml', line: 3, column: 20, message: /unknown node "z"/ },
  ])
})

t.test('loadManifest: the graph finds the line in the used file', async (t) => {
  const sub = clean.replace("'${param:amount}'", '-1')
  const top = 'version: v1\ninputs: { mic: { kind: text } }\nnodes:\n  c: { use: ./sub/clean.yaml, in: { mic: mic } }\n'
  await withFiles({ 'p.yaml': top, 'sub/clean.yaml': sub.replace(/plugins.*\n/, '\n') }, async (path) => {
    const manifest = await loadManifest(path('p.yaml'))
    const { issues } = await rejected('ANB_PARAMS', createExecutor(manifest, { registry }))
    const found = issues.map(({ file, line, column, path: at }) => [
      file?.slice(path('x').length - 1),
      line,
      column,
      at,
    ])
    t.ok(
      found.some((each) => String(each) === 'sub/clean.yaml,7,41,nodes.c--a.params.samples'),
      JSON.stringify(found),
    )
  })
})

t.test('loadManifest: files that use each other, files outside, and too many', async (t) => {
  const self = 'version: v1\nnodes: { a: { use: ./p.yaml } }\n'
  await refused(t, { 'p.yaml': self }, [{ line: 2, column: 20, message: /the files use each other: p.yaml → p.yaml/ }])
  const other = 'version: v1\nnodes: { a: { use: ./p.yaml } }\n'
  await refused(t, { 'p.yaml': self.replace('./p', './o'), 'o.yaml': other }, [
    { file: 'o.yaml', message: /p.yaml → o.yaml → p.yaml/ },
  ])
  for (const path of ['../x.yaml', '/etc/passwd'])
    await refused(t, { 'p.yaml': self.replace('./p.yaml', path) }, [
      { message: /outside of the pipeline's folder/, fix: /move it/ },
    ])
  await withFiles({ 'p.yaml': self.replace('./p.yaml', './link.yaml') }, async (path) => {
    await symlink('/etc/passwd', path('link.yaml'))
    t.match((await rejected('ANB_MANIFEST', loadManifest(path('p.yaml')))).issues, [{ message: /outside/ }])
  })
  const doubling = Object.fromEntries(
    Array.from({ length: 30 }, (_, n) => [
      n === 0 ? 'p.yaml' : `f${n}.yaml`,
      `version: v1\nnodes: { a: { use: ./f${n + 1}.yaml }, b: { use: ./f${n + 1}.yaml } }\n`,
    ]),
  )
  const start = cpuMs()
  await withFiles({ ...doubling, 'f30.yaml': 'version: v1\nnodes: { a: { type: X } }\n' }, async (path) => {
    const error = await rejected('ANB_MANIFEST', loadManifest(path('p.yaml')))
    t.ok(error.issues.some(({ code }) => code === 'ANB_LIMIT'))
  })
  t.ok(cpuMs() - start < 2000)
})

t.test('validateFile: problems of the file and of its graph at once, nothing thrown', async (t) => {
  const text = `version: v1
inputs: { mic: { kind: audio } }
nodes:
  - { id: a, type: Params, params: { samples: -1, mode: '\${env:NOPE}' } }
  - { id: a, type: Wide }
  - { id: b, type: Wiide }
connections: [{ from: mic, to: a }, { from: a, to: b }, { from: a, to: c }]
`
  await withFiles({ 'p.yaml': text, 'good.yaml': wide, 'bad.yaml': '[' }, async (path) => {
    const { ok, problems } = await validateFile(path('p.yaml'), { env: {}, registry })
    t.equal(ok, false)
    const found = problems.map(({ code, line, column }) => [code, line, column])
    for (const wanted of [
      ['ANB_MANIFEST', 4, 57],
      ['ANB_MANIFEST', 5, 11],
      ['ANB_MANIFEST', 7, 72],
      ['ANB_PARAMS', 4, 47],
      ['ANB_NODE_NOT_FOUND', 6, 20],
    ])
      t.ok(
        found.some((each) => String(each) === String(wanted)),
        `${wanted} in ${JSON.stringify(found)}`,
      )
    const { plan, ...rest } = await validateFile(path('good.yaml'), { registry })
    t.same(rest, { ok: true, problems: [], steppedIn: [] })
    t.match(plan, { nodes: [{ where: 'inline' }] }, 'and says how it will run')
    t.match(await validateFile(path('bad.yaml')), { ok: false, problems: [{ line: 1 }] })
    t.match(await validateFile(path('none.yaml')), { ok: false, problems: [{ message: /no file/ }] })
  })
})
