import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { ThreadHost } from './thread-host.ts'
import type { ThreadStart, ToThread } from './thread-messages.ts'

// The program of a thread: it is told what to do by batches of messages.
const port = parentPort as MessagePort
const host = new ThreadHost(port, workerData as ThreadStart)
port.on('message', (batch: readonly ToThread[]) => host.receive(batch))
