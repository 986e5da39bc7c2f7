import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { RULES } from '#src/conform/rules/rules.js'
import { command } from '../command.ts'
import { root } from '../files.ts'

const ids = RULES.map(({ id }) => id)

t.test('conform: the rules that contract.md marks are those that are looked at, and each has its page', async (t) => {
  const contract = readFileSync(join(root, 'packages/plugin-sdk/contract/contract.md'), 'utf8')
  t.same(
    ids,
    [...contract.matchAll(/^- \*\*(C\d+)\*\* †?‡/gm)].map(([, id]) => id),
  )
  const pages = readFileSync(join(root, 'docs/conformance.md'), 'utf8')
  t.same(
    ids,
    [...pages.matchAll(/^### (C\d+)$/gm)].map(([, id]) => id),
  )
})

t.test('explain: what a rule says', async (t) => {
  t.match(await command(['explain', 'c29']), {
    code: 0,
    out: /^C29\n {2}flush MUST give the tail|^C29\n {2}`flush` MUST give the tail/,
  })
  for (const id of ids) t.equal((await command(['explain', id])).code, 0, id)
  t.match(await command(['explain', 'C999']), { code: 2, err: /neither a file nor the code/ })
})

t.test('conform: what is asked for and is not there', async (t) => {
  t.match(await command(['conform', 'GainNoed']), { code: 2, err: /did you mean "GainNode"/ })
  t.match(await command(['conform', 'GainNode', '--params', '[1]']), { code: 2, err: /no JSON object/ })
  t.match(await command(['conform', 'GainNode', '--feed', 'no-such-file']), { code: 2, err: /--feed: ENOENT/ })
  t.match(await command(['conform', 'anabranch-plugin-gone']), { code: 3, err: /not installed/ })
  t.match(await command(['conform', 'FilterNode', '--where', 'inline']), { code: 3, err: /ANB_PARAMS/ })
})
