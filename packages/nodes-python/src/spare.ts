import { SpareWorker } from './supervisor/spare-worker.ts'

/** Of the built-in nodes, in this process. */
export const spare = new SpareWorker()
