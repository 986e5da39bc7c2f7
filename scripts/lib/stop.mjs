// @ts-check

/** How long a command may take to end before it is killed. */
const patienceMs = 5000

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {Map<ChildProcess, (signal: NodeJS.Signals) => unknown>} */
const running = new Map()

/** What must be undone when this process is told to stop, such as a lock to give back. */
export const atStop = /** @type {Set<() => void>} */ (new Set())

let stopping = false

/** From then on nothing new may start. */
export const isStopping = () => stopping

/** @param {NodeJS.Signals} signal */
function sendToAll(signal) {
  for (const send of running.values()) {
    try {
      send(signal)
    } catch {
      // It has just ended.
    }
  }
}

/** @param {number} code */
function leave(code) {
  for (const undo of atStop) undo()
  process.exit(code)
}

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    if (running.size === 0) leave(code)
    for (const child of running.keys()) child.once('close', () => running.size === 0 && leave(code))
    sendToAll(signal)
    setTimeout(() => {
      sendToAll('SIGKILL')
      leave(code)
    }, patienceMs)
  })
}

/**
 * Has a command told when this process is told to stop; this process then ends after it.
 * @param {ChildProcess} child
 * @param {(signal: NodeJS.Signals) => unknown} send
 */
export function watch(child, send) {
  running.set(child, send)
  const forget = () => running.delete(child)
  child.once('error', forget)
  child.once('close', forget)
}
