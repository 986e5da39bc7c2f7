import { AudioBuffer } from '@anabranch/plugin-sdk'
import { test } from 'tap'
import { Levels } from '#src/nodes/levels.js'
import { Progress } from '#src/terminal/progress.js'
import type { Paint } from '#src/terminal/terminal.js'

const plain = (text: string) => text
const paint: Paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, blue: plain }

function shown(live: boolean, total: number): string[] {
  const said: string[] = []
  const progress = new Progress({ live, columns: 80, paint, write: (text) => void said.push(text) }, total)
  const levels = new Levels()
  for (let i = 0; i < total; i += 1) {
    levels.add(new AudioBuffer(Float32Array.of(1), 8000))
    progress.show(levels)
  }
  return said
}

test('a pipe gets a line for each quarter', async (t) => {
  t.same(
    shown(false, 100),
    [25, 50, 75, 100].map((n) => `  ${n} %  ${n} of 100 frames\n`),
  )
  t.same(shown(false, 1), ['  100 %  1 of 1 frames\n'])
  t.same(shown(false, 3).length, 3, 'few frames skip a quarter')
})

test('a terminal gets one line that grows to the end', async (t) => {
  const said = shown(true, 100)
  t.ok(said.every((text) => text.startsWith('\r') && !text.includes('\n')))
  t.match(said.at(-1), /█{50} {2}100 %$/)
})
