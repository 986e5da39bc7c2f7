import { parentPort, workerData } from 'node:worker_threads'
import { isAnabranchError } from '@anabranch/plugin-sdk'
import { attachPool, type PoolDescription } from '@anabranch/plugin-sdk/host'
import { Mailbox } from './mailbox.ts'

/** One of several threads that do random moves on one pool, and check every frame they read. */
export interface FrameWork {
  readonly pool: PoolDescription
  /** One for each worker; its own is at `me`. */
  readonly mailboxes: readonly SharedArrayBuffer[]
  readonly holders: readonly number[]
  readonly me: number
  readonly seed: number
  /** How many moves; without an end where it is infinite. */
  readonly moves: number
}

/** What a worker found, posted at its end. */
export interface FrameFindings {
  readonly moves: number
  readonly wrong: string[]
  readonly full: number
  readonly passed: number
  readonly lucky: number
  readonly metrics: { readonly double_released: number; readonly stale: number; readonly frames_pooled: number }
}

const { pool: description, mailboxes, holders, me, seed, moves } = workerData as FrameWork
const port = parentPort as NonNullable<typeof parentPort>
const pool = attachPool(description)
const boxes = mailboxes.map((memory) => new Mailbox(memory))
const LENGTH = 64
const wrong: string[] = []
const counts = { moves: 0, full: 0, passed: 0, lucky: 0 }
/** Handles of which this thread has one reader each. */
const held: number[] = []

let state = seed
/** xorshift: below `n`. */
function random(n: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % n
}

/** What every sample of a frame is: of its handle alone, so that a frame of another life is told. */
const patternOf = (handle: number) => handle % 16_777_213

const samplesOf = (handle: number) => pool.audioAt(handle, LENGTH, 16_000).samples

function write(handle: number): void {
  samplesOf(handle).fill(patternOf(handle))
}

function verify(handle: number, when: string): void {
  const samples = samplesOf(handle)
  const pattern = patternOf(handle)
  for (let at = 0; at < LENGTH; at += 1)
    if (samples[at] !== pattern) {
      wrong.push(`${when}: sample ${at} of ${handle} is ${samples[at]}, not ${pattern}`)
      return
    }
}

function make(): void {
  const handle = pool.acquire(LENGTH * 4)
  if (handle === null) {
    counts.full += 1
    return
  }
  samplesOf(handle).fill(-1)
  write(handle)
  const readers = 1 + random(3)
  pool.publish(handle, readers)
  for (let n = 0; n < readers; n += 1) held.push(handle)
}

/** The lease is given before the handle can be seen. */
function pass(handle: number): void {
  const to = random(boxes.length)
  const box = boxes[to] as Mailbox
  const cell = box.reserve()
  if (cell === -1) return pool.release(handle)
  pool.give(handle, holders[to] as number)
  box.fill(cell, handle)
  counts.passed += 1
}

function take(): void {
  const handle = (boxes[me] as Mailbox).take()
  if (handle === -1) return
  verify(handle, 'taken')
  held.push(handle)
}

/** Retains a handle without having a lease: either it is refused, or the frame is whole. */
function tryLuck(): void {
  const handle = (boxes[random(boxes.length)] as Mailbox).peek(random(Mailbox.cells))
  try {
    pool.retain(handle)
  } catch (error) {
    if (!isAnabranchError(error) || error.code !== 'ANB_STALE_FRAME') throw error
    return
  }
  counts.lucky += 1
  verify(handle, 'lucky')
  held.push(handle)
}

function rewrite(handle: number): void {
  if (!pool.tryUnique(handle)) return
  samplesOf(handle).fill(-2)
  write(handle)
  pool.publish(handle, 1)
}

function move(): void {
  counts.moves += 1
  const what = random(10)
  if (what < 3) return make()
  if (what === 3) return take()
  if (what === 4) return tryLuck()
  if (held.length === 0) return
  const at = random(held.length)
  const handle = held[at] as number
  if (what === 5 && held.length < 4) {
    pool.retain(handle)
    held.push(handle)
  } else if (what === 6) rewrite(handle)
  else {
    verify(handle, 'held')
    held[at] = held[held.length - 1] as number
    held.pop()
    if (what === 7) pass(handle)
    else pool.release(handle)
  }
}

port.once('message', () => {
  for (let handle = (boxes[me] as Mailbox).take(); handle !== -1; handle = (boxes[me] as Mailbox).take())
    held.push(handle)
  for (const handle of held) {
    verify(handle, 'at the end')
    pool.release(handle)
  }
  const { double_released, stale, frames_pooled } = pool.metrics
  const found: FrameFindings = { ...counts, wrong, metrics: { double_released, stale, frames_pooled } }
  port.postMessage(found)
  port.close()
})

port.postMessage('started')
for (let n = 0; n < moves; n += 1) move()
port.postMessage('done')
