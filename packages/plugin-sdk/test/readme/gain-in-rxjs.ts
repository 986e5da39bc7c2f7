import { nodeOperator } from '@anabranch/plugin-sdk'
import { clip } from '@anabranch/plugin-sdk/testing'
import { map, of } from 'rxjs'
import { gain } from './gain-node.ts'

export const peaks$ = of(clip.sine(20)).pipe(
  nodeOperator(gain, { db: -6 }),
  map((frame) => Math.max(...frame.samples)),
)
