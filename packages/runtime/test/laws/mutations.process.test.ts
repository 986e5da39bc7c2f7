import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

interface Mutation {
  readonly what: string
  readonly file: string
  /** The built text, and what is put in its place. */
  readonly from: string
  readonly to: string
  /** The program that must end with exit code 1. Default: the random graphs. */
  readonly seenBy?: readonly string[]
}

const SET = 'executor/runners/execute-runner.js'
const OPERATOR = 'executor/runners/operator-runner.js'
const GRAPHS = ['laws/main.js', '1200', '3', 'no-shrink']
const INTERRUPTS = ['laws/interruption.test.js']
const FRAMES = ['frames/random-frames.test.js']
const FRAMES_OF_EDGE = 'edges/edge-frames.js'

const MUTATIONS: readonly Mutation[] = [
  { what: 'a stale head is not counted', file: 'edges/edge.js', from: 'this.cancelled++;', to: '' },
  {
    what: 'fan-out takes one count too few',
    file: 'executor/output-port.js',
    from: 'root.count += n;',
    to: 'root.count += n - 1 || n;',
  },
  {
    what: 'a root that meets itself in a join keeps both counts',
    file: 'edges/root.js',
    from: 'root.count--;\n            else if',
    to: ';\n            else if',
  },
  {
    what: 'a fork that meets again keeps the counts of both sides',
    file: 'executor/joins/join.js',
    from: 'first.root.count -= n - 1;',
    to: '',
  },
  {
    what: 'the best fate wins in a group',
    file: 'edges/root.js',
    from: 'if (fate > parent.fate)',
    to: 'if (fate < parent.fate)',
  },
  {
    what: 'a blocked producer is not woken',
    file: 'edges/edge.js',
    from: 'this.starved = false;\n            this.#host.wake(this.producer);',
    to: 'this.starved = false;',
  },
  {
    what: 'a detached edge keeps its queue',
    file: 'edges/edge.js',
    from: 'while (this.size > 0)\n            this.#refuse(this.#shift());',
    to: '',
  },
  {
    what: 'room is asked at the take only',
    file: SET,
    from: 'else if (!this.room())\n                return;',
    to: '',
  },
  {
    what: 'the order of results is ignored',
    file: SET,
    from: 'if (this.settings.ordered)\n                    return;',
    to: '',
  },
  {
    what: 'an abandoned set settles again',
    file: SET,
    from: 'this.#works.splice(at, 1);\n            this.#abandon(work);',
    to: 'this.#abandon(work);',
  },
  {
    what: 'a set settles twice',
    file: SET,
    from: 'this.settleOk(set);',
    to: 'this.settleOk(set);\n            this.settleOk(set);',
  },
  {
    what: 'a release is skipped',
    file: 'executor/runners/node-runner.js',
    from: 'this.engine.roots.release(item.root, this.okFate);',
    to: '',
  },
  {
    what: 'a hold set is emptied by the emission',
    file: OPERATOR,
    from: 'this.emit(value, this.#gapped(all.env), all.epoch, all.root);',
    to: 'this.emit(value, this.#gapped(all.env), all.epoch, all.root);\n            this.#endRun();',
  },
  {
    what: 'an operator is not made anew after an interrupt',
    file: OPERATOR,
    from: 'this.#completed = true;\n        this.#subscribed = false;',
    to: 'this.#completed = true;',
  },
  { what: 'unlinked outputs are not counted', file: 'executor/output-port.js', from: 'this.unlinked++;', to: '' },
  {
    what: 'a late fault of an interrupted set is a failure',
    file: 'executor/runners/node-runner.js',
    from: 'stamp < this.leastEpoch && !item.env.survive',
    to: 'false',
    seenBy: INTERRUPTS,
  },
  {
    what: 'survivors are cancelled in the queue',
    file: 'edges/edge.js',
    from: 'if (epoch < this.leastEpoch && !env.survive)\n            this.#cancel(item);\n        else if',
    to: 'if (epoch < this.leastEpoch)\n            this.#cancel(item);\n        else if',
    seenBy: INTERRUPTS,
  },
  {
    what: 'stale results are delivered',
    file: SET,
    from: 'work.abandoned = true;',
    to: 'return;',
    seenBy: GRAPHS,
  },
  {
    what: 'a frame that is dropped on an edge is not given back',
    file: FRAMES_OF_EDGE,
    from: 'settled({ value }) {',
    to: 'settled({ value }) {\n        return;',
    seenBy: FRAMES,
  },
  {
    what: 'a frame waits on an edge without a lease',
    file: FRAMES_OF_EDGE,
    from: 'pushed({ value }) {',
    to: 'pushed({ value }) {\n        return;',
    seenBy: FRAMES,
  },
  {
    what: 'operators and readers are lent what they keep',
    file: FRAMES_OF_EDGE,
    from: 'if (this.#lends ||',
    to: 'if (true ||',
    seenBy: FRAMES,
  },
  {
    what: 'what a call was lent is not given back when it threw',
    file: SET,
    from: 'this.#failed(set, error, stamp);\n                leases?.ended(set, context);',
    to: 'this.#failed(set, error, stamp);',
    seenBy: FRAMES,
  },
  {
    what: 'what a work was lent is never given back',
    file: SET,
    from: 'this.#answered(work.item, work.outputs);\n        }\n        this.#leases?.workEnded(work);',
    to: 'this.#answered(work.item, work.outputs);\n        }',
    seenBy: FRAMES,
  },
  {
    what: 'what a call made goes back before it was given',
    file: SET,
    from: 'work.context[LENDER]?.gave();',
    to: 'work.context[LENDER]?.end();',
    seenBy: FRAMES,
  },
  {
    what: 'an interrupted call that goes on loses its frames at once',
    file: SET,
    from: 'else if (!work.busy)\n            this.#leases?.workEnded(work);',
    to: 'else\n            this.#leases?.workEnded(work);',
    seenBy: FRAMES,
  },
]

const here = fileURLToPath(new URL('.', import.meta.url))
const packageFolder = join(here, '..', '..')

/** What the checks say where they see something; what never comes to an end is killed and says so. */
const SEEN = /^failed: (?!uncaught)|^ *not ok |^no end$/m

/** Removed at the end, whatever happened to the programs. */
const mutants = mkdtempSync(join(tmpdir(), 'anabranch-mutants-'))
t.teardown(() => rmSync(mutants, { recursive: true, force: true }))

/** Runs a program against a copy of the built package with one place changed; gives its exit code and what it printed. */
function runMutant({ file, from, to, seenBy = GRAPHS }: Mutation): Promise<{
  readonly code: number | null
  readonly output: string
}> {
  const folder = mkdtempSync(join(mutants, 'mutant-'))
  for (const part of ['package.json', 'dist', 'generated', '.build-test'])
    cpSync(join(packageFolder, part), join(folder, part), { recursive: true })
  symlinkSync(join(packageFolder, '..', '..', 'node_modules'), join(folder, 'node_modules'))
  const path = join(folder, 'dist', file)
  const source = readFileSync(path, 'utf8')
  if (!source.includes(from)) {
    rmSync(folder, { recursive: true })
    return Promise.resolve({ code: null, output: `not found in ${file}: ${from}` })
  }
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  return new Promise((resolve) => {
    const [program = '', ...args] = seenBy
    const child = spawn(process.execPath, [join(folder, '.build-test', program), ...args], { timeout: 60_000 })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('close', (code) => {
      rmSync(folder, { recursive: true, force: true })
      // Killed by the time limit: it never came to an end, which is also seen.
      resolve({ code: code ?? 1, output: code === null ? `${output}\nno end` : output.trim() })
    })
  })
}

/** What each program ends with where nothing was changed: without it, a copy that cannot run would see everything. */
for (const seenBy of [GRAPHS, INTERRUPTS, FRAMES])
  t.test(`a copy without a mutation passes ${seenBy[0]}`, { timeout: 90_000 }, async (t) => {
    const file = 'edges/edge.js'
    const { code, output } = await runMutant({ what: 'nothing', file, from: 'pushed', to: 'pushed', seenBy })
    t.equal(code, 0, output.slice(0, 300))
  })

t.setTimeout(300_000)
t.test('the checks see each of these mutations of the engine', { timeout: 300_000 }, (t) => {
  t.jobs = 2
  for (const mutation of MUTATIONS)
    t.test(mutation.what, { timeout: 90_000, buffered: true }, async (t) => {
      const { code, output } = await runMutant(mutation)
      t.equal(code, 1, output.slice(0, 300))
      t.match(output, SEEN, 'a check saw it, not a copy that does not run')
    })
  t.end()
})
