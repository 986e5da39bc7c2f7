import { isAnabranchError, type NodeFactory, type Plugin } from '@anabranch/plugin-sdk'
import { loadPlugins } from '@anabranch/runtime'
import { OWN_PLUGINS } from '../nodes/own-plugins.ts'
import { Broken, ParamsRefused } from './broken.ts'
import { Lab } from './lab.ts'
import type { ConformNews, ConformOrder, RuleResult } from './order.ts'
import type { Rule } from './rule.ts'
import { pageOf } from './rule-page.ts'
import { IN_TURN } from './rules/rules.ts'
import { observations } from './watch/observation.ts'

/** A node that so many rules waited for in vain keeps the others waiting too. */
const MOST_LATE = 3

// The program of a process that looks at nodes of one plugin: what a node does to a process, it does to this one.
const tell = (news: ConformNews) => void process.send?.(news)
process.once('disconnect', () => process.exit(1))
// What a node throws where nobody waits for it is no end of the looking on; the rules at work say what came of it.
process.on('unhandledRejection', () => undefined)

// What the import of the plugin does is seen once, and is a matter of each of its nodes.
const { seen } = observations()
process.on('message', async (order: ConformOrder) => {
  try {
    await conform(order)
    tell({ kind: 'done' })
  } catch (error) {
    const { code = 'ANB_PLUGIN', message, fix } = error as { code?: string; message: string; fix?: string }
    tell({
      kind: 'refused',
      code: isAnabranchError(error) ? code : 'ANB_PLUGIN',
      message,
      ...(fix !== undefined && { fix }),
    })
  }
})

async function conform(order: ConformOrder): Promise<void> {
  const { from, type, runtime, against, done } = order
  const watched = await load(new URL('./watch/watched-plugin.js', import.meta.url).pathname, from)
  const { plugin } = await import('./watch/watched-plugin.ts')
  const twin = against === undefined ? null : await load(against.plugin, from)
  const factory = plugin.nodes.find((node) => node.spec.type === type && node.runtime === runtime) as NodeFactory
  const lab = new Lab(order, factory, watched, seen, twin)
  if (order.where === 'thread' && lab.form !== 'execute') return
  let { late } = order
  for (const rule of IN_TURN.filter(({ id }) => !done.includes(id))) {
    tell({ kind: 'begin', rule: rule.id, title: rule.title })
    const result = late < MOST_LATE ? await look(rule, lab) : tooLate(rule)
    if (result.late) late++
    tell({ kind: 'result', result })
  }
}

function tooLate({ id, title }: Rule): RuleResult {
  const message = `${MOST_LATE} rules before it came to no end in time: mend that, or give it other params`
  return { rule: id, title, page: pageOf(id), state: 'not-tested', message }
}

async function load(name: string, from: string): Promise<Plugin> {
  const own = OWN_PLUGINS[name]
  if (own !== undefined) return (await own()).default
  const [plugin] = await loadPlugins([name], { from, importMs: 0 })
  return plugin as Plugin
}

async function look({ id, title, silent, check }: Rule, lab: Lab): Promise<RuleResult> {
  const head = { rule: id, title, page: pageOf(id) }
  try {
    const why = silent?.(lab)
    if (why !== undefined) return { ...head, state: 'not-tested', message: why }
    await check(lab)
    return { ...head, state: 'kept' }
  } catch (error) {
    if (error instanceof ParamsRefused) throw error.cause
    const { at, late } = error instanceof Broken ? error : { at: lab.at(), late: false }
    const message = (error as Error).message
    return { ...head, state: 'broken', message, ...(at !== undefined && { at }), ...(late && { late }) }
  }
}
