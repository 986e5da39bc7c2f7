import { relative } from 'node:path'
import { errorLine } from './error-line.ts'
import { Interrupts } from './interrupts.ts'
import { frameCount } from './nodes/wav-frames.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { threeRuntimes } from './pipeline.ts'
import { run } from './run.ts'
import { graphView } from './terminal/graph-view.ts'
import { Progress } from './terminal/progress.ts'
import { report } from './terminal/report.ts'
import { terminalOf } from './terminal/terminal.ts'
import { verdict } from './verdict.ts'
import { readWav } from './wav/read-wav.ts'

const FAILED = 1
const USED_WRONGLY = 2

/** Resolves with the exit code: 0 only if every frame came through and all is accounted for. */
async function main({ file, out, realtime }: Options): Promise<number> {
  const terminal = terminalOf(process.stdout, process.env)
  const { bold, dim } = terminal.paint
  const wav = readWav(file)
  const total = frameCount(wav)
  const seconds = wav.samples.length / wav.channels / wav.sampleRate
  const { pipeline } = threeRuntimes({ wav, out, realtime, onFrame: () => undefined })
  terminal.write(`\n  ${bold('Anabranch')}  one graph, three runtimes\n${graphView(terminal, pipeline)}`)
  terminal.write(dim(`  ${relative('', file)}: ${seconds.toFixed(2)} s, ${wav.sampleRate} Hz, ${total} frames\n`))

  const progress = new Progress(terminal, total)
  const interrupts = new Interrupts((count) => {
    progress.clear()
    terminal.write(
      count === 1 ? '  Stopping: what is on its way is finished. Again to give it up.\n' : '  Giving up.\n',
    )
  })
  terminal.write(dim('  starting nats-server and Python …\n'))
  const done = await run({
    wav,
    out,
    realtime,
    interrupts,
    onFrame: (levels) => progress.show(levels),
    onReady: ({ python, server }) => terminal.write(dim(`  nats-server is process ${server}, Python ${python}\n\n`)),
  }).catch((error: unknown) => {
    // Stopped before the first frame: there is nothing to tell.
    if (interrupts.code !== 0) return undefined
    throw error
  })
  progress.clear()
  if (done === undefined) return interrupts.code
  const claims = verdict(done, wav)
  terminal.write(report(done, { terminal, claims, total, out, seconds }))
  if (interrupts.code !== 0) return interrupts.code
  if (done.error !== undefined) throw done.error
  return claims.every(({ holds }) => holds) ? 0 : FAILED
}

/** Resolves with the exit code. */
async function start(args: readonly string[]): Promise<number> {
  let code = USED_WRONGLY
  try {
    const options = readOptions(args)
    code = FAILED
    if (!options.help) return await main(options)
    process.stdout.write(USAGE)
    return 0
  } catch (error) {
    process.stderr.write(`${errorLine(error)}\n`)
    return code
  }
}

process.exitCode = await start(process.argv.slice(2))
