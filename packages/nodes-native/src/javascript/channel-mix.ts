import type { NodeContext, Value } from '@anabranch/plugin-sdk'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { audioOf, type ParamIssue, refused, twin } from './twin.ts'

interface MixParams {
  readonly channels: number
  readonly matrix?: readonly (readonly number[])[] | null
}

/** As much as a `GainNode` gives: 60 dB. */
const MAX_FACTOR = 1000

/** Writes the outputs of one moment, from the inputs that begin at `at`. */
type Mix = (from: Float32Array, at: number, to: Float32Array, start: number) => void

/** `ChannelMixNode` in JavaScript. */
export const javascriptChannelMix = twin<MixParams>('ChannelMixNode', {
  issues,
  formats: ({ channels }) => ({ output: { channels } }),
  create({ channels, matrix }) {
    const byMatrix = matrix == null ? null : matrixMix(matrix)
    return {
      execute({ input }: { readonly input: Value }, context: NodeContext) {
        const from = audioOf(input)
        checkChannels(from.channels, channels, matrix?.[0]?.length)
        if (byMatrix === null && from.channels === channels) return { output: from }
        const to = context.audio(from.length, from.sampleRate, channels)
        const mix = byMatrix ?? (from.channels === 1 ? toAll(channels) : meanOf(from.channels))
        const [read, written] = [from.samples, to.samples]
        for (let n = 0; n < from.length; n++) mix(read, n * from.channels, written, n * channels)
        return { output: to }
      },
      reset: () => undefined,
    }
  },
})

/** Sums begin at −0, the only number that adds nothing to −0 too. */
const NOTHING = -0

function matrixMix(matrix: readonly (readonly number[])[]): Mix {
  // A factor of 0 takes no part: 0 · ∞ would be not-a-number.
  const rows = matrix.map((row) =>
    row.map((factor, column) => ({ factor, column })).filter(({ factor }) => factor !== 0),
  )
  return (from, at, to, start) => {
    for (const [channel, row] of rows.entries()) {
      let sum = NOTHING
      for (const { factor, column } of row) sum += (from[at + column] as number) * factor
      to[start + channel] = sum
    }
  }
}

function toAll(channels: number): Mix {
  return (from, at, to, start) => to.fill(from[at] as number, start, start + channels)
}

function meanOf(channels: number): Mix {
  return (from, at, to, start) => {
    let sum = NOTHING
    for (let channel = 0; channel < channels; channel++) sum += from[at + channel] as number
    to[start] = sum / channels
  }
}

function checkChannels(given: number, wanted: number, columns: number | undefined): void {
  if (columns !== undefined && columns !== given)
    throw refused(
      `input "input" has ${given} channels; \`matrix\` has ${columns} factors a row`,
      `give ${given} factors in each row, one for each channel that comes in`,
    )
  if (columns === undefined && given !== wanted && given !== 1 && wanted !== 1)
    throw refused(
      `input "input" has ${given} channels, and no rule makes ${wanted} of them`,
      `set \`matrix\`: ${wanted} rows, each of ${given} factors`,
    )
}

function issues({ channels, matrix }: MixParams): ParamIssue[] {
  if (matrix == null) return []
  const found: ParamIssue[] = []
  if (matrix.length !== channels)
    found.push({
      path: 'matrix',
      message: `must have a row for each of the ${channels} channels; it has ${matrix.length}`,
    })
  const columns = Array.isArray(matrix[0]) ? matrix[0].length : 0
  for (const [index, row] of matrix.entries()) {
    const path = `matrix[${index}]`
    if (!Array.isArray(row)) found.push({ path, message: 'must be a list of factors' })
    else if (row.length < 1 || row.length > LIMITS.channels_max)
      found.push({ path, message: `must have 1 to ${LIMITS.channels_max} factors, one for each channel that comes in` })
    else if (row.length !== columns) found.push({ path, message: 'must be as long as the first row' })
    else
      for (const [column, factor] of row.entries())
        if (typeof factor !== 'number' || !(Math.abs(factor) <= MAX_FACTOR))
          found.push({
            path: `${path}[${column}]`,
            message: `must be a number from -${MAX_FACTOR} to ${MAX_FACTOR}; it is ${factor}`,
          })
  }
  return found
}
