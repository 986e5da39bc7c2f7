import { readdirSync } from 'node:fs'
import t from 'tap'
import { command } from '../command.ts'
import { folderOf } from '../files.ts'

t.setTimeout(120_000)

const TYPESCRIPT = `import { defineNode, definePlugin, text } from '@anabranch/plugin-sdk'
import { z } from 'zod'
const path = z.string().refine((path) => path.endsWith('.txt'), 'must end with .txt')
const form = { summary: 'Reads.', purity: 'pure', inputs: { input: text }, outputs: { output: text }, create: () => ({ execute: (inputs) => ({ output: inputs.input }) }) }
const picky = defineNode({ type: 'PickyNode', params: z.object({ path }), ...form })
const plain = defineNode({ type: 'PlainNode', ...form })
export default definePlugin({ name: 'picky', apiVersion: 1, nodes: [picky, plain] })
`

const PYTHON = `from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Params, node


class PickyParams(Params, frozen=True):
    path: str

    def __post_init__(self):
        if not self.path.endswith(".txt"):
            raise ValueError("path: must end with .txt")


class Says(NodeExecutor[Params]):
    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        return NodeOutputs({"output": inputs.data["input"]})


form = {"summary": "Reads.", "purity": "pure", "inputs": {"input": "text"}, "outputs": {"output": "text"}}


@node("PickyNode", params=PickyParams, **form)
class PickyNode(Says):
    pass


@node("PlainNode", **form)
class PlainNode(Says):
    pass
`

const LOOKED = { type: 'PlainNode', rules: [] }
const REFUSED = { type: 'PickyNode', reason: /path: must end with \.txt/, fix: String }

for (const [name, code] of [
  ['picky.mjs', TYPESCRIPT],
  ['picky.py', PYTHON],
] as const)
  t.test(`${name}: a node that takes no made-up params was not looked at, which is no rule broken`, async (t) => {
    const at = folderOf(t, { [name]: code, 'cases.json': '{ "PickyNode": { "params": { "path": "a.txt" } } }' })
    const { code: exit, out, err } = await command(['conform', at(name), '--json'])
    const told = JSON.parse(out || '{}')
    t.equal(exit, 4, err)
    t.match(told, { ok: false, nodes: [LOOKED], not_looked_at: [REFUSED] })
    for (const { type } of told.nodes) t.equal(type, 'PlainNode')

    const given = await command(['conform', at(name), '--cases', at('cases.json'), '--json'])
    t.equal(given.code, 0, given.out)
    t.match(JSON.parse(given.out), { ok: true, not_looked_at: [] })
  })

t.test('so it is with a node in Rust', async (t) => {
  const cases = folderOf(t, { 'cases.json': '{ "AudioResampleNode": { "params": { "output_rate": 0 } } }' })
  const args = ['@anabranch/nodes-native', '--runtime', 'native', '--where', 'thread', '--json']
  const { out } = await command(['conform', ...args, '--cases', cases('cases.json')])
  t.match(
    JSON.parse(out).not_looked_at.filter(({ type }: { type: string }) => type === 'AudioResampleNode'),
    [{ where: 'thread', reason: /output_rate/ }],
  )
})

for (const type of ['AudioFileSource', 'JsonLinesSource'])
  t.test(`so it is with a source that does not find what its made-up params name: ${type}`, async (t) => {
    const { code, out } = await command(['conform', type, '--json'])
    t.equal(code, 4)
    t.match(JSON.parse(out), {
      nodes: [],
      not_looked_at: [{ where: 'inline', reason: /no such file/, fix: /path/ }],
    })
  })

t.test('a sink whose path is made up writes nothing where the command was started', async (t) => {
  const before = readdirSync('.')
  const { code, err } = await command(['conform', 'JsonLinesSink', '--where', 'inline'])
  t.equal(code, 0, err)
  t.same(readdirSync('.'), before)
})
