import { Argument, type Command, InvalidArgumentError, Option } from 'commander'

/** What every verb that reads a pipeline takes. */
export function withPipeline(command: Command): Command {
  return command
    .option('--set <name=value>', 'value of a param of the pipeline; may be given several times', named)
    .option('-p, --profile <name>', 'profile of the pipeline to merge in')
}

export function withJson(command: Command): Command {
  return command.option('--json', 'JSON on stdout')
}

export const pipelineFile = () => new Argument('<file>', 'pipeline in YAML or JSON; - is stdin')

/** An option that may be given several times. */
export function several(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before?: readonly string[]) => [
    ...(before ?? []),
    value,
  ])
}

function named(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('write name=value.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

export function wholeNumber(text: string): number {
  const n = Number(text)
  if (text.trim() !== '' && Number.isInteger(n) && n > 0) return n
  throw new InvalidArgumentError('give a whole number above 0.')
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A time such as `10s`, in ms. */
export function timeSpan(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN)
  if (ms > 0) return ms
  throw new InvalidArgumentError('write a number and ms, s, m or h.')
}
