import { drawGraph, type Manifest } from '@anabranch/runtime'
import { DRIVE, GAIN_DB } from '../pipeline.ts'
import type { Terminal } from './terminal.ts'

/** The graph as it is wired, and what its nodes do. */
export function graphView({ paint }: Terminal, pipeline: Manifest): string {
  const { bold, dim } = paint
  const [ts, rust, python] = [paint.blue('TypeScript'), paint.red('Rust'), paint.yellow('Python')]
  const [drawing = ''] = drawGraph(pipeline).split('\n\n')
  return `
${drawing.replace(/^/gm, '  ').replace(/\w+/g, bold)}

  ${bold('speech ')}  ${ts}  cuts frames of 20 ms in shared memory
  ${bold('level  ')}  ${ts}  measures them and passes them on
  ${bold('gain   ')}  ${rust}        ${GAIN_DB} dB louder, written into the same memory
  ${bold('soften ')}  ${python}      tanh(${DRIVE} x) in a process of its own, ${dim('over NATS with msgpack')}
  ${bold('file   ')}  ${ts}  writes a wav file
  ${bold('witness')}  ${ts}  looks at what Rust wrote

`
}
