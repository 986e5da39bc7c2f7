// Runs both addons in three threads, ends one of them in the middle of its work, and says how far the others came.
import { once } from 'node:events'
import { argv } from 'node:process'
import { Worker } from 'node:worker_threads'

const ROUNDS = 200
const plugin = argv[2]
const script = new URL('two-addons-worker.js', import.meta.url)
const threads = [null, ROUNDS, ROUNDS].map((rounds) => {
  const worker = new Worker(script, { workerData: { plugin, rounds } })
  const seen = { worker, rounds: 0, exit: once(worker, 'exit') }
  worker.on('message', (round: number) => {
    seen.rounds = round
  })
  worker.on('error', (error) => {
    throw error
  })
  return seen
})
const [ended, ...others] = threads
if (ended === undefined) throw new Error('there are no threads')
// All of them are at work.
await Promise.all(threads.map(({ worker }) => once(worker, 'message')))
await ended.worker.terminate()
await Promise.all(others.map(({ exit }) => exit))
console.log(JSON.stringify({ ended: ended.rounds > 0, others: others.map(({ rounds }) => rounds) }))
