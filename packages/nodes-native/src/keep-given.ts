import type { Addon } from './addon.ts'
import { DTYPES, type Dtype, IN_SECTION, OUTPUT_LENGTH, outputsAt, sectionOf } from './call-block.ts'
import type { HandedOnPcm } from './handed-on-pcm.ts'
import { samplesIn } from './sample-arrays.ts'

/** Under this key lies what a node that failed was given. */
const GIVEN = ''

/** Gives a value that was handed on its samples back: the node that took it, `member` of the call, failed. */
export function keepGiven(
  { block, doors }: Addon,
  member: number,
  value: { keep(samples: Float32Array): void } | HandedOnPcm,
): void {
  const link = block[sectionOf(member - 1) + IN_SECTION.link] as number
  const at = outputsAt(member - 1) + link * OUTPUT_LENGTH
  const count = block[at + 1] as number
  const dtype = DTYPES[block[at + 4] as number] as Dtype
  const bytes = count === 0 ? new Uint8Array(0) : doors.left(member, GIVEN)
  value.keep(samplesIn(bytes, dtype, count) as Float32Array)
}
