import { Command, Option } from 'commander'
import { pipelineFile, several, timeSpan, wholeNumber, withJson, withPipeline } from './command-options.ts'
import type { Io } from './io.ts'
import { STREAM_FORMATS } from './run/run-options.ts'
import { version } from './version.ts'

const PLACES = ['inline', 'thread', 'process']
const CASES_OF = 'params and feed of each type, as JSON; default: conform.json in the folder'

/**
 * The command line: its verbs, and where the work of each is. A verb is loaded when it is called, so that help and
 * completion cost nothing but this.
 */
export function makeProgram(io: Io, ended: (code: number) => void): Command {
  const program = new Command('anabranch')
    .description('Runs graphs of stream-processing nodes written in TypeScript, Rust and Python.')
    .version(version(), '-V, --version')
    .showHelpAfterError('see anabranch --help')
    .configureHelp({ sortOptions: false, showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => Math.min(io.stdout.columns ?? 80, 100),
      getErrHelpWidth: () => Math.min(io.stderr.columns ?? 80, 100),
      outputError: (text, write) => write(text.replace(/^error: /, 'anabranch: ')),
    })
    .exitOverride()
  /** The action of a verb: its arguments and options as commander gives them, without commander's own objects. */
  const doing = (verb: (io: Io, args: readonly never[], options: never) => Promise<number>) =>
    async function (this: Command, ...given: unknown[]) {
      const [options] = given.splice(-2)
      ended(await verb(io, given as never[], options as never))
    }

  withJson(withPipeline(program.command('run').description('run a pipeline')))
    .addArgument(pipelineFile())
    .addOption(several('-i, --input <[input=]file>', 'what feeds an input of the pipeline; - is stdin'))
    .addOption(several('-o, --output <[node.key=]file>', 'where a final output is written; - is stdout'))
    .addOption(new Option('--input-format <format>', 'of -i').choices(STREAM_FORMATS))
    .addOption(new Option('--output-format <format>', 'of -o').choices(STREAM_FORMATS))
    .option('--rate <hz>', 'sample rate of raw audio that is read', wholeNumber)
    .option('--channels <n>', 'channels of raw audio that is read', wholeNumber)
    .addOption(new Option('--pace <pace>', 'at the speed of sound, as a microphone would').choices(['realtime']))
    .option('--for <time>', 'stop after so long, such as 10s, 500ms or 2m', timeSpan)
    .option('-q, --quiet', 'nothing on stderr but errors and losses')
    .option('--report <file>', 'write a page about the run: HTML that needs nothing else')
    .option('--watch', 'take new code of nodes whose plugins are files, when they are saved')
    .action(doing(async (io, [file], options) => (await import('./verbs/run.ts')).runVerb(file as never, options, io)))

  withJson(
    withPipeline(program.command('validate').description('say everything that is wrong with pipelines, at once')),
  )
    .argument('<files...>', 'pipelines in YAML or JSON; - is stdin')
    .action(
      doing(async (io, [files], options) =>
        (await import('./verbs/validate.ts')).validateVerb(files as never, options, io),
      ),
    )

  withJson(program.command('test').description('run the tests of pipelines'))
    .argument('<files...>', 'test files, such as pipeline.test.yaml')
    .action(
      doing(async (io, [files], options) => (await import('./verbs/test.ts')).testVerb(files as never, options, io)),
    )

  withJson(
    withPipeline(
      program.command('explain').description('say how a pipeline will run, or what an error code or a rule means'),
    ),
  )
    .argument('<file or code>', 'a pipeline, a code such as ANB_CYCLE, or a rule such as C29')
    .action(
      doing(async (io, [subject], options) =>
        (await import('./verbs/explain.ts')).explainVerb(subject as never, options, io),
      ),
    )

  withJson(withPipeline(program.command('graph').description('draw a pipeline')))
    .addArgument(pipelineFile())
    .addOption(new Option('--format <format>', 'how').choices(['text', 'mermaid', 'dot', 'svg']).default('text'))
    .action(
      doing(async (io, [file], options) => (await import('./verbs/graph.ts')).graphVerb(file as never, options, io)),
    )

  withJson(program.command('nodes').description('list node types, or those that a word is found in'))
    .argument('[word]', 'part of a type, a summary or a kind')
    .addOption(several('--plugin <name>', 'package or file whose nodes are listed too; may be given several times'))
    .action(
      doing(async (io, [word], options) => (await import('./verbs/nodes.ts')).nodesVerb(word as never, options, io)),
    )

  withJson(program.command('inspect').description('show the keys and params of a node type, or the nodes of a plugin'))
    .argument('<type or plugin>')
    .addOption(several('--plugin <name>', 'package or file that the type may be in; may be given several times'))
    .option('--measure', 'measure what it costs on this machine')
    .option('--cases <file>', 'for --measure: params and feed of each type, as JSON')
    .action(
      doing(async (io, [name], options) =>
        (await import('./verbs/inspect.ts')).inspectVerb(name as never, options, io),
      ),
    )

  withJson(program.command('conform').description('hold the nodes of a plugin to the rules of the contract'))
    .argument('<type or plugin>')
    .addOption(several('--plugin <name>', 'package or file that the type may be in; may be given several times'))
    .option('--against <type[@runtime]>', 'its twin, which must give the same')
    .addOption(new Option('--where <places...>', 'default: all that it can run in').choices(PLACES))
    .addOption(new Option('--runtime <runtime>', 'one of its runtimes').choices(['javascript', 'native', 'python']))
    .option('--params <json>', 'params of the node')
    .option('--feed <file>', 'input sets as JSON lines; default: made by the kinds of its inputs')
    .option('--cases <file>', 'params and feed of each type, as JSON')
    .action(
      doing(async (io, [name], options) =>
        (await import('./verbs/conform.ts')).conformVerb(name as never, options, io),
      ),
    )

  const pipelineOf = () => new Option('--to <file>', 'the pipeline').default('pipeline.yaml')
  withJson(program.command('add').description('add an installed plugin to a pipeline, and lock what it is'))
    .argument('<plugin>', 'a package, a file, or python:module')
    .addOption(pipelineOf())
    .action(doing(async (io, [name], options) => (await import('./verbs/add.ts')).addVerb(name as never, options, io)))
  withJson(program.command('remove').description('take a plugin out of a pipeline and its lock'))
    .argument('<plugin>')
    .addOption(pipelineOf())
    .action(
      doing(async (io, [name], options) => (await import('./verbs/add.ts')).removeVerb(name as never, options, io)),
    )

  const plugin = program.command('plugin').description('make a plugin ready to be published')
  withJson(plugin.command('build').description('write what the code says of its nodes into its package'))
    .argument('[folder]', 'of the package', '.')
    .option('--measure', 'and what each costs on this machine')
    .option('--cases <file>', CASES_OF)
    .action(
      doing(async (io, [dir], options) =>
        (await import('./verbs/plugin.ts')).pluginBuildVerb(dir as never, options, io),
      ),
    )
  withJson(plugin.command('check').description('say what keeps a package from being published'))
    .argument('[folder]', 'of the package', '.')
    .option('--no-conform', 'leave out the rules of the contract')
    .option('--cases <file>', CASES_OF)
    .action(
      doing(async (io, [dir], options) =>
        (await import('./verbs/plugin.ts')).pluginCheckVerb(dir as never, options, io),
      ),
    )

  const make = program.command('new').description('begin a plugin or a pipeline, with tests that pass at once')
  withJson(make.command('plugin').description('a package with a node of your own'))
    .argument('<name>', 'such as louder, anabranch-plugin-louder or @me/louder')
    .addOption(new Option('--lang <language>', 'of its node').choices(['ts', 'rust', 'python']))
    .option('--dir <folder>', 'default: the name of the package')
    .option('-y, --yes', 'ask nothing')
    .action(
      doing(async (io, [name], options) =>
        (await import('./verbs/new.ts')).newVerb('plugin', name as never, options, io),
      ),
    )
  withJson(make.command('pipeline').description('a folder with a pipeline, a node of its own and a test'))
    .argument('<name>', 'of the folder')
    .option('--dir <folder>', 'default: the name')
    .option('-y, --yes', 'ask nothing')
    .action(
      doing(async (io, [name], options) =>
        (await import('./verbs/new.ts')).newVerb('pipeline', name as never, options, io),
      ),
    )

  withJson(program.command('schema').description('JSON Schema of pipelines for editors (draft-07)'))
    .argument('[file]', 'a pipeline: its plugins are known too, and in: takes what it has')
    .option('--out <file>', 'write it there in one go; default: stdout')
    .action(
      doing(async (io, [file], options) => (await import('./verbs/schema.ts')).schemaVerb(file as never, options, io)),
    )

  withJson(program.command('doctor').description('look at what this machine has, with a fix for what it lacks')).action(
    doing(async (io, _none, options) => (await import('./verbs/doctor.ts')).doctorVerb(options, io)),
  )

  program
    .command('completion')
    .description('a script for the completion of a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .action(
      doing(async (io, [shell]) => (await import('./verbs/completion.ts')).completionVerb(program, shell as never, io)),
    )

  return program
}
