import { test } from 'tap'
import { command } from './command.ts'
import { folderOf } from './files.ts'

const text = `version: v1
plugins: ['@anabranch/runtime/nodes']
inputs: { 'words': { kind: text } }
nodes:
  look: { type: TapNode, in: { input: words } }
  left: { type: MapNode, params: { expression: value }, in: { input: look.output } }
  both: { type: JoinNode, in: { left: left.output, right: { from: look.output, policy: block, max: 9 } } }
`

test('graph: as text, Mermaid, dot and SVG, the same nodes and edges', async (t) => {
  const path = folderOf(t, { 'p.yaml': text })('p.yaml')
  const draw = async (format: string) => (await command(['graph', path, '--format', format])).out
  t.match(await draw('text'), /^\(words\) ─▶ look ─┬─▶ left/)
  t.match(await draw('mermaid'), /^flowchart LR\n[\s\S]*n1 -->\|"→left"\| n2/)
  t.match(await draw('dot'), /^digraph \{[\s\S]*n1 -> n2 \[label="→left"\]/)
  const svg = await draw('svg')
  t.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 [\d.]+ [\d.]+"/)
  t.equal(svg.match(/<rect class="box /g)?.length, 4, 'three nodes and an input')
  t.equal(svg.match(/<path class="edge"/g)?.length, 4)
  t.same(
    [...svg.matchAll(/<text x[^>]*>([^<]*)</g)].map(([, name]) => name),
    ['words', 'look', 'left', 'both'],
  )
  const boxes = [
    ...svg.matchAll(/<rect class="box [^"]*" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
  ]
  const placed = boxes.map((box) => box.slice(1).map(Number) as [number, number, number, number])
  for (const [at, [x, y, w, h]] of placed.entries())
    for (const [x2, y2, w2, h2] of placed.slice(at + 1))
      t.ok(x + w <= x2 || x2 + w2 <= x || y + h <= y2 || y2 + h2 <= y, 'no box lies on another')
})

test('graph: JSON, and a pipeline that cannot run', async (t) => {
  const path = folderOf(t, { 'p.yaml': text, 'bad.yaml': text.replace('MapNode', 'MpNode') })
  const { nodes, edges } = JSON.parse((await command(['graph', path('p.yaml'), '--json'])).out)
  t.match(nodes, [{ id: 'look', type: 'TapNode', runtime: 'javascript' }, { id: 'left' }, { id: 'both' }])
  t.equal(edges.length, 4)
  const bad = await command(['graph', path('bad.yaml')])
  t.match(bad, { code: 0, out: /left {2}MpNode/, err: /cannot run: 1 problem; see anabranch validate/ })
  const cycle = text.replace('words }', 'both.output }')
  t.match(await command(['graph', '-'], { stdin: cycle }), { code: 3, err: /ANB_CYCLE/ })
})
