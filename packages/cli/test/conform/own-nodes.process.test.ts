import { join } from 'node:path'
import t from 'tap'
import { command } from '../command.ts'
import { folderOf, root } from '../files.ts'

// The nodes of our examples are held to what third parties' are; so are those of our packages, in test/e2e/own-packages.
t.setTimeout(300_000)

interface Told {
  readonly ok: boolean
  readonly nodes: readonly { readonly type: string; readonly where: string; readonly rules: readonly Rule[] }[]
}
interface Rule {
  readonly rule: string
  readonly state: string
  readonly message?: string
}

const example = (file: string) => join(root, 'examples', file)

/** What is looked at, and how many nodes × places that are. */
const OWN: readonly (readonly [name: string, looks: number, cases?: (folder: (file: string) => string) => object])[] = [
  [example('hello/nodes/greet.ts'), 2],
  [example('microphone/nodes/meter.ts'), 2],
  [example('three-languages/nodes/dc-blocker.ts'), 2],
  [example('three-languages/nodes/dc_blocker.py'), 1],
  [example('voice-assistant/nodes/scripted-reply.ts'), 2],
  [
    example('captions/nodes/captions.ts'),
    5,
    (folder) => ({ CaptionFileSink: { params: { path: folder('captions.srt') } } }),
  ],
]

for (const [name, looks, cases] of OWN)
  t.test(`${name.replace(root, '')} keeps the rules`, async (t) => {
    const folder = folderOf(t, {})
    const file = folderOf(t, { 'cases.json': JSON.stringify(cases?.(folder) ?? {}) })('cases.json')
    const { out, err } = await command(['conform', name, '--cases', file, '--json'])
    const told = JSON.parse(out || '{}') as Told
    const broken = (told.nodes ?? []).flatMap(({ type, where, rules }) =>
      rules
        .filter(({ state }) => state === 'broken')
        .map(({ rule, message }) => `${type} ${where} ${rule}: ${message}`),
    )
    t.same(broken, [], err)
    t.match(told, { ok: true })
    t.equal(told.nodes?.length, looks)
  })
