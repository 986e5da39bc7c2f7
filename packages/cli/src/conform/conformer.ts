import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codedError, systemClock } from '@anabranch/plugin-sdk/host'
import type { ConformNews, ConformOrder, RuleResult } from './order.ts'
import { pageOf } from './rule-page.ts'

/** How long one rule may take: many runs of a node in Python on a busy machine. */
const RULE_MS = 60_000

/** Of a node that has broken one of these something may still be at work: the next one has another process. */
const LASTING = ['C4', 'C17', 'C39', 'C42', 'C46', 'C71']

export type Order = Omit<ConformOrder, 'done' | 'late'>

/** A process that looks at nodes of one plugin, and which one. */
interface Looker {
  readonly of: string
  readonly child: ChildProcess
}

/**
 * Looks at nodes in processes of their own: a node may loop, end the process or crash it, which is told as what the rule at
 * work met; the rules after it are looked at in another process. Nodes of a plugin share one as long as none has left
 * anything behind that the next could meet.
 */
export class Conformer {
  #looker: Looker | null = null
  /** An empty folder, for nodes whose params are made up. */
  #scratch: string | null = null

  /** @throws what the node says where it cannot be looked at here. */
  async look(order: Order): Promise<RuleResult[]> {
    const results: RuleResult[] = []
    for (;;) {
      const looker = this.#lookerOf(order)
      const done = results.map(({ rule }) => rule)
      const late = results.filter((result) => result.late).length
      const ended = await look(looker.child, { ...order, done, late }, results).catch((error: unknown) => {
        this.end()
        throw error
      })
      if (!ended || results.some(({ state, rule }) => state === 'broken' && LASTING.includes(rule))) this.end()
      if (ended) return results.sort((a, b) => Number(a.rule.slice(1)) - Number(b.rule.slice(1)))
    }
  }

  /** Ends the process that waits for more, and removes what its nodes wrote. */
  end(): void {
    this.#looker?.child.kill('SIGKILL')
    this.#looker = null
    if (this.#scratch !== null) rmSync(this.#scratch, { recursive: true, force: true })
    this.#scratch = null
  }

  #lookerOf({ plugin, from, madeUp }: Order): Looker {
    const of = JSON.stringify({ name: plugin, from, madeUp })
    if (this.#looker?.of !== of) this.end()
    if (madeUp) this.#scratch ??= mkdtempSync(join(tmpdir(), 'anabranch-conform-'))
    this.#looker ??= { of, child: start(of, this.#scratch ?? '.') }
    return this.#looker
  }
}

function start(of: string, cwd: string): ChildProcess {
  return fork(fileURLToPath(new URL('./conform-program.js', import.meta.url)), {
    cwd,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: process.execArgv.filter((arg) => !arg.startsWith('--inspect')),
    env: { ...process.env, ANABRANCH_CONFORM: of },
  })
}

/** Whether it came to its end; else the rule at work is added as broken. */
function look(child: ChildProcess, order: ConformOrder, results: RuleResult[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let at: { readonly rule: string; readonly title: string } | null = null
    let timer: unknown
    const end = (act: () => void) => {
      systemClock.clearTimeout(timer)
      child.removeAllListeners()
      child.on('error', () => undefined)
      act()
    }
    const failed = (message: string, late = false) =>
      end(() => {
        if (at === null) return reject(codedError('ANB_PLUGIN', `${order.type}: before any rule, ${message}`, {}))
        results.push({ ...at, state: 'broken', message, page: pageOf(at.rule), ...(late && { late }) })
        resolve(false)
      })
    const patience = () => {
      systemClock.clearTimeout(timer)
      timer = systemClock.setTimeout(() => failed(`it did not come back within ${RULE_MS / 1000} s`, true), RULE_MS)
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
    child.send(order, (error) => {
      // What ended it is told by its exit.
      if (error !== null && child.exitCode === null && child.signalCode === null) end(() => reject(error))
    })
  })
}
