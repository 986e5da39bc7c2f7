import {
  AudioBuffer,
  type DefinedNode,
  defineNode,
  type Format,
  InvalidInputsError,
  InvalidParamsError,
  type NodeBody,
  type PcmBuffer,
  PluginError,
  type Value,
} from '@anabranch/plugin-sdk'
import { checkSamples } from '../check-samples.ts'
import { DESCRIBED } from '../described.ts'
import { samplesOf } from '../samples-of.ts'
import { specOf } from '../spec-of.ts'

/** What is wrong with a param beyond its own type and range. */
export interface ParamIssue {
  readonly path: string
  readonly message: string
}

// biome-ignore lint/suspicious/noExplicitAny: ports are those of the description, which the compiler does not see
type AnyPorts = any

interface Twin<P> {
  /** What the JSON Schema cannot say. */
  issues?(params: P): readonly ParamIssue[]
  /** The formats of the outputs that follow from the params. */
  formats?(params: P): Readonly<Record<string, Format>>
  create(params: P): NodeBody<AnyPorts, AnyPorts>
}

/** The JavaScript form of a native node: its type, params, keys and time rule, from the same description. */
export function twin<P>(
  type: string,
  { issues, formats, create }: Twin<P>,
): DefinedNode<string, AnyPorts, AnyPorts, AnyPorts> {
  const description = DESCRIBED.find((each) => each.type === type)
  if (description === undefined)
    throw new PluginError(`descriptions.json has no ${type}`, { fix: 'run scripts/generate-nodes.mjs' })
  return defineNode({
    ...(specOf(description) as AnyPorts),
    ...(formats && { formats }),
    create(params: P) {
      const found = issues?.(params) ?? []
      if (found.length > 0) throw wrongParams(type, found)
      return create(params)
    },
  })
}

function wrongParams(type: string, found: readonly ParamIssue[]): Error {
  const text = found.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  return new InvalidParamsError(`params of ${type}: ${text}`, {
    issues: found.map((issue) => ({ ...issue, code: 'ANB_PARAMS', severity: 'error' })),
    fix: `correct ${found.map(({ path }) => path || 'params').join(', ')}`,
  })
}

/** The audio on `input`, with at least one sample. @throws InvalidInputsError, AudioFormatError */
export function audioOf(value: Value | undefined): AudioBuffer {
  const buffer = samplesIn(value)
  if (buffer instanceof AudioBuffer) return buffer
  throw new InvalidInputsError('input "input" is pcm, not audio', {
    key: 'input',
    fix: 'put a FormatConverterNode before it',
  })
}

/** The audio or pcm on `input`, with at least one sample. @throws InvalidInputsError, AudioFormatError */
export function samplesIn(value: Value | undefined): AudioBuffer | PcmBuffer {
  const buffer = samplesOf(value, 'input')
  checkSamples(buffer, 'input')
  if (buffer.samples.length > 0) return buffer
  throw refused('input "input" is a frame without samples', 'send nothing instead of an empty frame')
}

/** An input that cannot be worked on. */
export function refused(message: string, fix: string): Error {
  return new InvalidInputsError(message, { key: 'input', fix })
}
