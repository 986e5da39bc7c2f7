// The built-in nodes, for `plugins:` of a pipeline
export { defaultPlugin as default } from './default-plugin.ts'
export { type DescribeNodesOptions, describeNodes } from './describe-nodes.ts'
export type { JsonSchema, NodeDescription, PortDescription } from './node-description.ts'
// Its parts
export type { PythonExecutor } from './python-executor.ts'
export { PythonHost, type PythonHostOptions } from './python-host.ts'
// The plugin
export { createPythonPlugin, type PythonPlugin, type PythonPluginOptions } from './python-plugin.ts'
export type { NatsServer } from './server/nats-server.ts'
// NATS
export { type ResolveServerOptions, resolveServer } from './server/resolve-server.ts'
export type { ConnectionCounts, ServerCounts } from './server/server-counts.ts'
// Its nodes
export { type SoftClipParams, softClip } from './soft-clip.ts'
export type { RestartOptions } from './supervisor/restarts.ts'
export type { WorkerInfo } from './supervisor/supervisor.ts'
