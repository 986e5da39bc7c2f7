// Values and ports
export { AudioBuffer } from './audio-buffer.ts'
// The contract
export type { Clock } from './clock.ts'
export type { Envelope, NodeContext, NodeLog } from './context.ts'
export type { Emission, Life, NodeExecutor, Runtime } from './contract/node-executor.ts'
export type {
  JoinKind,
  Lineage,
  NodeFactory,
  NodeRef,
  NodeSpec,
  Purity,
  TimeRule,
  Unavailable,
} from './contract/node-spec.ts'
// Defining nodes and plugins
export { type DefinedNode, defineNode, describeNode, type NodeBody, type NoParams, type Plugin } from './define-node.ts'
export { API_VERSION, definePlugin } from './define-plugin.ts'
export { derived } from './derived.ts'
// Errors
export {
  type AnabranchError,
  type ErrorClass,
  type ErrorCode,
  type ErrorOptions,
  isAnabranchError,
} from './errors/anabranch-error.ts'
export {
  AudioFormatError,
  CancelledError,
  CircuitOpenError,
  CycleError,
  EdgeOverflowError,
  HeldLimitError,
  InvalidInputsError,
  InvalidParamsError,
  LimitExceededError,
  ManifestError,
  MarshalingError,
  NativeError,
  NodeExecutionError,
  NodeNotFoundError,
  NotAvailableError,
  PluginError,
  PythonError,
  StaleFrameError,
  StallError,
  TimeoutError,
  WorkerLostError,
} from './errors/classes.ts'
export type { ErrorFields, Issue } from './errors/fields.ts'
export type { Format } from './format.ts'
export { nodeOperator, type ParamsArgs } from './node-operator.ts'
export { operatorNode } from './operator-node.ts'
export {
  anything,
  audio,
  bytes,
  type Inputs,
  type InputsOf,
  json,
  kind,
  number,
  type Outputs,
  type OutputsOf,
  type Plain,
  type Port,
  type PortMode,
  pcm,
  type RequiredKeys,
  tensor,
  text,
  type ValueOf,
} from './ports.ts'
export { sharedAudio } from './shared-audio.ts'
export {
  NodeInputs,
  NodeOutputs,
  type PcmBuffer,
  type SampleArray,
  type Tensor,
  type Value,
  type Values,
} from './values.ts'
