// @ts-check
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/root.mjs'

/** @typedef {{ version: string, frame: string, frame_us: { p50: number, p99: number, calls: number } | null, copied_bytes: number, cold_start_ms: number, memory_bytes: number | null, machine: { cpu: string, cores: number, platform: string, node: string, load: number } }} Label */
/** @typedef {{ type: string, costs?: Record<string, Label> }} Node */

const PACKAGES = ['runtime', 'nodes-native', 'nodes-python']

const HEAD = `<!-- Generated from packages/*/anabranch.json by npm run docs. Do not edit. -->

# What nodes cost

A cost label says what one node was measured to cost, of which version and on which machine: a size to plan with, no promise.
\`anabranch inspect TYPE\` shows it, \`anabranch explain FILE\` for each node of a pipeline; a label of another version is marked.

    anabranch inspect GainNode --measure          # one node, on this machine
    anabranch plugin build --measure              # into the package of your plugin, in any language
    npm run costs                                 # those of this page, in a checkout

| figure | means |
|---|---|
| a frame | one call of the node, the median and the slowest in a hundred; of a Python node the way there and back too |
| copied | audio that was copied for one frame: out of frames in shared memory, and to and from a process |
| start | from the import of its package to the end of its first call, where the engine is warm |
| memory | what the process had grown by after some hundred frames, with processes that it started; the server that all Python nodes share left out |

Medians of nodes in this process repeat to about a third, those of Python nodes to a factor of four on a machine that others
use; p99 and start vary with what else the machine has to do, which the load average tells.
Sources have no frame to be timed by, and operators no calls. Sinks, and nodes that want something special, have no label here.
`

/** @returns {string} docs/costs.md */
export function costPage() {
  const sections = PACKAGES.flatMap((name) => {
    /** @type {{ nodes: readonly Node[] }} */
    const { nodes } = JSON.parse(readFileSync(join(root, 'packages', name, 'anabranch.json'), 'utf8'))
    return section(name, nodes)
  })
  return `${[HEAD, ...sections].join('\n')}`
}

/** @param {string} name @param {readonly Node[]} nodes */
function section(name, nodes) {
  const rows = nodes.flatMap(({ type, costs = {} }) =>
    Object.entries(costs).map(([runtime, label]) => `| ${[`\`${type}\``, runtime, ...cells(label)].join(' | ')} |`),
  )
  const [first] = nodes.flatMap(({ costs = {} }) => Object.values(costs))
  if (first === undefined) return []
  const { cpu, cores, node } = first.machine
  const loads = nodes.flatMap(({ costs = {} }) => Object.values(costs).map(({ machine }) => machine.load))
  return [
    `## @anabranch/${name} ${first.version}`,
    '',
    `${cpu}, ${cores} cores, Node.js ${node}; load average ${Math.min(...loads)} to ${Math.max(...loads)}.`,
    '',
    '| node | runtime | of | a frame | p99 | copied | start | memory |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ]
}

/** @param {Label} label */
function cells({ frame, frame_us, copied_bytes, cold_start_ms, memory_bytes }) {
  return [
    frame,
    frame_us === null ? '–' : time(frame_us.p50),
    frame_us === null ? '–' : time(frame_us.p99),
    copied_bytes === 0 ? 'nothing' : `${copied_bytes.toLocaleString('en-US')} bytes`,
    `${cold_start_ms} ms`,
    memory_bytes === null ? '–' : `${(memory_bytes / 2 ** 20).toFixed(1)} MiB`,
  ]
}

/** @param {number} us */
function time(us) {
  if (us < 1) return '< 1 µs'
  if (us < 1000) return `${us} µs`
  return us < 1e6 ? `${(us / 1000).toPrecision(3)} ms` : `${(us / 1e6).toPrecision(3)} s`
}
