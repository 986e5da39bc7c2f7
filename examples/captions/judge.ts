import { readFileSync } from 'node:fs'
import { wordErrorRate, wordsOf } from './word-error-rate.ts'

/** What may be wrong. */
const MOST = 0.05

/** `node .build/judge.js captions.json reference.txt`: how many words of a text are wrong in its captions. */
const [captionsFile = '', referenceFile = ''] = process.argv.slice(2)
const captions = JSON.parse(readFileSync(captionsFile, 'utf8')) as readonly { readonly text: string }[]
const reference = wordsOf(readFileSync(referenceFile, 'utf8'))
const rate = wordErrorRate(
  reference,
  captions.flatMap(({ text }) => wordsOf(text)),
)
const good = rate <= MOST
console.log(
  `${good ? '✓' : '✗'} word error rate ${(100 * rate).toFixed(1)} % of ${reference.length} words (at most ${100 * MOST} %), against ${referenceFile}`,
)
process.exitCode = good ? 0 : 1
