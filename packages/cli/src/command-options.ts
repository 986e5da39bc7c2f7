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
