import { gain } from '@anabranch/nodes-native'
import { AudioBuffer, nodeOperator } from '@anabranch/plugin-sdk'
import { of } from 'rxjs'

const frame = new AudioBuffer(new Float32Array(new SharedArrayBuffer(4 * 480)).fill(0.1), 48_000)
export const louder$ = of(frame).pipe(nodeOperator(gain, { db: 6 })) // its samples are 0.1995…
