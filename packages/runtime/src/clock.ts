/** How a session yields: `soon` before any I/O, `later` after timers and I/O had their turn. */
export interface Scheduler {
  soon(run: () => void): void
  later(run: () => void): void
}

export const systemScheduler: Scheduler = {
  soon: (run) => queueMicrotask(run),
  later: (run) => {
    setImmediate(run)
  },
}
