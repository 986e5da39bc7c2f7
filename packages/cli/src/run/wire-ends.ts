import type { Plan } from '@anabranch/runtime'
import type { SampleFormat } from '../audio/sample-format.ts'
import type { Io } from '../io.ts'
import { usageError } from '../usage-error.ts'
import type { RunView } from '../view/run-view.ts'
import type { DeliverOptions, Written } from './deliver.ts'
import { type End, endsNamed } from './end-named.ts'
import { type Feed, makeFeed } from './feed.ts'
import { type InputForm, inputForm } from './input-values.ts'
import { encoder, type SoundSeen } from './output-chunks.ts'
import type { Progress } from './progress.ts'
import type { RunOptions } from './run-options.ts'
import { fileTarget, streamTarget, type Target } from './target.ts'

/** What a run reads from and writes to. */
export interface Ends {
  readonly feeds: readonly Feed[]
  readonly deliver: DeliverOptions
}

/**
 * The ends of a pipeline as the command line wires them. Files are opened for writing here.
 *
 * @param closed told when nobody reads stdout any more
 * @throws a usage error where the command line and the pipeline do not fit
 */
export async function wireEnds(
  plan: Plan,
  options: RunOptions,
  { io, view, progress, closed }: { io: Io; view: RunView; progress: Progress; closed: () => void },
): Promise<Ends> {
  const inputs = endsNamed(options.input ?? [], '-i', Object.keys(plan.inputs), 'input')
  checkFed(plan, inputs)
  const forms = inputs.map((end) => inputForm(end, plan.inputs[end.key] as Plan['inputs'][string], options))
  const finals = finalOutputs(plan)
  const outputs = endsNamed(options.output ?? [], '-o', finals, 'output')
  let sound: SoundSeen | null = null
  const stdout = shared(streamTarget(io.stdout, closed), view, io)
  const written = new Map<string, Written>()
  for (const { key, path } of outputs) {
    const own = encoder(options.outputFormat, key, path, () => sound)
    written.set(key, { encoder: own, path, target: path === '-' ? stdout : await fileTarget(path, own) })
  }
  const toStdout = outputs.some(({ path }) => path === '-')
  const several = finals.filter((key) => !written.has(key)).length > 1
  const as = options.json ? 'json' : several ? 'named lines' : 'lines'
  const heard = (samples: SampleFormat, wav: boolean) => {
    sound ??= { samples, format: wav ? 'wav' : samples.float ? 'f32le' : 's16le' }
  }
  const context = { pace: options.pace, progress, heard, io }
  return {
    feeds: inputs.map((end, at) => makeFeed(end, forms[at] as InputForm, context)),
    deliver: { written, print: toStdout ? null : { as, target: stdout } },
  }
}

function checkFed({ inputs, nodes }: Plan, given: readonly End[]): void {
  const fed = new Set(given.map(({ key }) => key))
  const unfed = Object.keys(inputs).filter((key) => !fed.has(key))
  if (unfed.length > 0 && (fed.size > 0 || !nodes.some(({ form }) => form === 'source')))
    throw usageError(
      `nothing feeds the input${unfed.length === 1 ? '' : 's'} ${unfed.join(', ')} of this pipeline`,
      `add ${unfed.map((key) => (Object.keys(inputs).length === 1 ? '-i FILE' : `-i ${key}=FILE`)).join(' ')}; - is stdin`,
    )
}

/** Outputs that nothing in the pipeline reads, as `node.key`. */
function finalOutputs({ nodes }: Plan): string[] {
  return nodes
    .filter(({ final }) => final)
    .flatMap(({ id, outputs }) => Object.keys(outputs).map((key) => `${id}.${key}`))
}

/** Where both are the same terminal, what is written stands above the view. */
function shared(target: Target, view: RunView, { stdout, stderr }: Io): Target {
  if (stdout.isTTY !== true || stderr.isTTY !== true) return target
  return {
    ...target,
    write: (chunk) => {
      let done: Promise<boolean> = Promise.resolve(true)
      view.aside(() => {
        done = target.write(chunk)
      })
      return done
    },
  }
}
