import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { codedError, systemClock } from '@anabranch/plugin-sdk/host'
import type { ConformNews, ConformOrder, RuleResult } from './order.ts'
import { pageOf } from './rule-page.ts'

/** How long one rule may take: many runs of a node in Python on a busy machine. */
const RULE_MS = 60_000

/**
 * Looks at one node in a process of its own: it may loop, end the process or crash it, which is told as what the rule at
 * work met; the rules after it are looked at in another process.
 *
 * @throws what the node says where it cannot be looked at here.
 */
export async function conformNode(order: Omit<ConformOrder, 'done'>): Promise<RuleResult[]> {
  const results: RuleResult[] = []
  for (;;) {
    const done = results.map(({ rule }) => rule)
    const ended = await look({ ...order, done }, results)
    if (ended) return results.sort((a, b) => Number(a.rule.slice(1)) - Number(b.rule.slice(1)))
  }
}

/** Whether it came to its end; else the rule at work is added as broken. */
function look(order: ConformOrder, results: RuleResult[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL('./conform-program.js', import.meta.url))
    const child = fork(program, [JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: process.execArgv.filter((arg) => !arg.startsWith('--inspect')),
      env: { ...process.env, ANABRANCH_CONFORM: JSON.stringify({ name: order.plugin, from: order.from }) },
    })
    let at: { readonly rule: string; readonly title: string } | null = null
    let timer: unknown
    let over = false
    const end = (act: () => void) => {
      if (over) return
      over = true
      systemClock.clearTimeout(timer)
      child.kill('SIGKILL')
      act()
    }
    const failed = (message: string) =>
      end(() => {
        if (at === null) return reject(codedError('ANB_PLUGIN', `${order.type}: before any rule, ${message}`, {}))
        results.push({ ...at, state: 'broken', message, page: pageOf(at.rule) })
        resolve(false)
      })
    const patience = () => {
      systemClock.clearTimeout(timer)
      timer = systemClock.setTimeout(() => failed(`it did not come back within ${RULE_MS / 1000} s`), RULE_MS)
    }
    patience()
    child.on('message', (news: ConformNews) => {
      patience()
      if (news.kind === 'begin') at = { rule: news.rule, title: news.title }
      else if (news.kind === 'result') results.push(news.result)
      else if (news.kind === 'done') end(() => resolve(true))
      else {
        const { code, message, fix } = news
        end(() => reject(codedError(code as never, message, fix === undefined ? {} : { fix })))
      }
    })
    child.on('error', (error) => end(() => reject(error)))
    child.on('exit', (code, signal) => failed(`it ended the process (${signal ?? `exit code ${code}`})`))
  })
}
