export { natsNodes, natsNodes as default } from './nats-nodes.ts'
export { natsSink } from './nats-sink.ts'
export { natsSource } from './nats-source.ts'
