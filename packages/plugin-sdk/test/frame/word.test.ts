import { readFileSync } from 'node:fs'
import t from 'tap'
import { generationOfHandle, handleFrom, isHandle, slotOfHandle } from '#src/frame/handle.js'
import { sizeClassOf, slotsOfSlab } from '#src/frame/size-class.js'
import {
  acquireWord,
  DONE,
  FREED,
  FULL,
  freed,
  generationOf,
  publishWord,
  REFUSED,
  refsOf,
  releaseWord,
  retainWord,
  STALE,
  uniqueWord,
  wordAt,
  wordOf,
} from '#src/frame/word.js'

const frames = JSON.parse(readFileSync(new URL('../../contract/frames.json', import.meta.url), 'utf8'))
const LAST = 2 ** 20 - 1

/** One slot of generation `generation` with `refs`, of which `mine` are this thread's. */
function slot(generation: number, refs: number, mine: number) {
  const words = Int32Array.of(wordOf(generation, refs))
  const counts = Int16Array.of(mine)
  const state = () => [generationOf(words[0] as number), refsOf(words[0] as number), counts[0]]
  return { words, counts, state }
}

t.test('a word holds 20 bits of generation above 12 of refs', async (t) => {
  for (const generation of [0, 1, 0x7ffff, 0x80000, LAST])
    for (const refs of [0, 1, frames.readers_max, frames.writer]) {
      const word = wordOf(generation, refs)
      t.equal(word, word | 0, 'fits an Int32')
      t.same([generationOf(word), refsOf(word)], [generation, refs])
    }
  t.same([generationOf(freed(wordOf(LAST, 1))), refsOf(freed(wordOf(LAST, 1)))], [0, 0], 'after the last comes 0')
  t.equal(freed(wordOf(7, frames.writer)), wordOf(8, 0))
})

t.test('every move in every state', async (t) => {
  const { readers_max: max, writer } = frames
  const table: readonly [
    string,
    number,
    number,
    (words: Int32Array, counts: Int16Array) => number,
    number,
    number[],
  ][] = [
    ['acquire, free', 0, 0, (w, c) => acquireWord(w, 0, c, 0), 5, [5, writer, 1]],
    ['acquire, writer', writer, 0, (w, c) => acquireWord(w, 0, c, 0), -1, [5, writer, 0]],
    ['acquire, reader', 1, 0, (w, c) => acquireWord(w, 0, c, 0), -1, [5, 1, 0]],
    ['publish, writer', writer, 1, (w, c) => publishWord(w, 0, c, 0, 5, 3), DONE, [5, 3, 3]],
    ['publish, of another thread', writer, 0, (w, c) => publishWord(w, 0, c, 0, 5, 3), STALE, [5, writer, 0]],
    ['publish, reader', 2, 2, (w, c) => publishWord(w, 0, c, 0, 5, 3), REFUSED, [5, 2, 2]],
    ['publish, old', writer, 1, (w, c) => publishWord(w, 0, c, 0, 4, 3), STALE, [5, writer, 1]],
    ['retain, free', 0, 0, (w, c) => retainWord(w, 0, c, 0, 5, 1), STALE, [5, 0, 0]],
    ['retain, reader of another', 1, 0, (w, c) => retainWord(w, 0, c, 0, 5, 2), DONE, [5, 3, 2]],
    ['retain, writer', writer, 1, (w, c) => retainWord(w, 0, c, 0, 5, 1), REFUSED, [5, writer, 1]],
    ['retain, to the most', max - 1, 1, (w, c) => retainWord(w, 0, c, 0, 5, 1), DONE, [5, max, 2]],
    ['retain, above the most', max, 1, (w, c) => retainWord(w, 0, c, 0, 5, 1), FULL, [5, max, 1]],
    ['retain, old', 1, 1, (w, c) => retainWord(w, 0, c, 0, 4, 1), STALE, [5, 1, 1]],
    ['release, of many', 3, 2, (w, c) => releaseWord(w, 0, c, 0, 5, 1), DONE, [5, 2, 1]],
    ['release, the last', 2, 2, (w, c) => releaseWord(w, 0, c, 0, 5, 2), FREED, [6, 0, 0]],
    ['release, the writer', writer, 1, (w, c) => releaseWord(w, 0, c, 0, 5, 1), FREED, [6, 0, 0]],
    ['release, another has it', 1, 0, (w, c) => releaseWord(w, 0, c, 0, 5, 1), STALE, [5, 1, 0]],
    ['release, free', 0, 0, (w, c) => releaseWord(w, 0, c, 0, 5, 1), STALE, [5, 0, 0]],
    ['release, old', 1, 1, (w, c) => releaseWord(w, 0, c, 0, 4, 1), STALE, [5, 1, 1]],
    ['unique, alone', 1, 1, (w, c) => uniqueWord(w, 0, c, 0, 5), DONE, [5, writer, 1]],
    ['unique, not alone', 2, 1, (w, c) => uniqueWord(w, 0, c, 0, 5), REFUSED, [5, 2, 1]],
    ['unique, another has it', 1, 0, (w, c) => uniqueWord(w, 0, c, 0, 5), STALE, [5, 1, 0]],
    ['unique, old', 1, 1, (w, c) => uniqueWord(w, 0, c, 0, 4), STALE, [5, 1, 1]],
  ]
  for (const [what, refs, mine, move, outcome, after] of table) {
    const { words, counts, state } = slot(5, refs, mine)
    t.equal(move(words, counts), outcome, what)
    t.same(state(), after, what)
  }
})

t.test('handles are slot + generation · 2^20', async (t) => {
  t.equal(handleFrom(3, 2), 2 * 1_048_576 + 3)
  for (const slot of [0, 1, 1023, 1024, LAST])
    for (const generation of [0, 1, 4095, LAST]) {
      const handle = handleFrom(slot, generation)
      t.ok(isHandle(handle))
      t.same([slotOfHandle(handle), generationOfHandle(handle)], [slot, generation])
    }
  for (const none of [-1, 0.5, 2 ** 40, Number.NaN, Number.POSITIVE_INFINITY]) t.notOk(isHandle(none), `${none}`)
})

t.test('words lie on lines of their own; size classes hold what they say', async (t) => {
  const gap = (frames.line_bytes / 4) as number
  t.same([wordAt(0) % gap, wordAt(1) - wordAt(0)], [0, gap])
  for (const [bytes, at] of [
    [0, 0],
    [2048, 0],
    [2049, 1],
    [262_145, 3],
    [4_194_304, 6],
    [4_194_305, -1],
  ] as const)
    t.equal(sizeClassOf(bytes), at, `${bytes}`)
  t.same([slotsOfSlab(2048, 0), slotsOfSlab(2048, 1), slotsOfSlab(2048, 99)], [64, 128, 1024])
  t.same([slotsOfSlab(262_144, 0), slotsOfSlab(262_144, 9), slotsOfSlab(4_194_304, 3)], [1, 16, 1])
})
