// Generated from contract/errors.json by scripts/generate-contract.mjs. Do not edit.

/** Every coded error: its class, whether a retry may help, its extra fields. */
export const ERROR_TABLE = {
  ANB_MANIFEST: {
    class: 'ManifestError',
    retryable: false,
    fields: ['issues'],
    meaning: 'The pipeline file or object is not a valid manifest.',
  },
  ANB_CYCLE: {
    class: 'CycleError',
    retryable: false,
    fields: ['nodes'],
    meaning: 'The edges form a cycle.',
  },
  ANB_NODE_NOT_FOUND: {
    class: 'NodeNotFoundError',
    retryable: false,
    fields: ['nearest'],
    meaning: 'No runtime offers this node type.',
  },
  ANB_PLUGIN: {
    class: 'PluginError',
    retryable: false,
    fields: [],
    meaning: 'A plugin or a node definition breaks the contract.',
  },
  ANB_PARAMS: {
    class: 'InvalidParamsError',
    retryable: false,
    fields: ['issues'],
    meaning: 'The params of a node do not match its schema.',
  },
  ANB_INPUTS: {
    class: 'InvalidInputsError',
    retryable: false,
    fields: ['key'],
    meaning: 'An input is missing, of the wrong kind, or refused by the node.',
  },
  ANB_AUDIO_FORMAT: {
    class: 'AudioFormatError',
    retryable: false,
    fields: ['expected', 'received'],
    meaning: 'Audio has another rate, channel count or sample type than the node takes.',
  },
  ANB_MARSHALING: {
    class: 'MarshalingError',
    retryable: false,
    fields: ['key'],
    meaning: 'A value cannot be carried to another thread, process or machine.',
  },
  ANB_NODE_EXECUTION: {
    class: 'NodeExecutionError',
    retryable: true,
    fields: [],
    meaning: 'A node threw while it worked on an input set.',
  },
  ANB_PYTHON: {
    class: 'PythonError',
    retryable: true,
    fields: ['traceback'],
    meaning: 'A Python node raised an exception.',
  },
  ANB_NATIVE: {
    class: 'NativeError',
    retryable: false,
    fields: ['location'],
    meaning: 'A native node panicked; the process lives.',
  },
  ANB_TIMEOUT: {
    class: 'TimeoutError',
    retryable: true,
    fields: ['afterMs'],
    meaning: 'A step took longer than its limit.',
  },
  ANB_CIRCUIT_OPEN: {
    class: 'CircuitOpenError',
    retryable: false,
    fields: [],
    meaning: 'The breaker of a node is open after repeated failures.',
  },
  ANB_WORKER_LOST: {
    class: 'WorkerLostError',
    retryable: true,
    fields: [],
    meaning: 'The process or thread that ran a node is gone.',
  },
  ANB_EDGE_OVERFLOW: {
    class: 'EdgeOverflowError',
    retryable: false,
    fields: ['edge'],
    meaning: 'An edge with the policy error was full.',
  },
  ANB_STALE_FRAME: {
    class: 'StaleFrameError',
    retryable: false,
    fields: [],
    meaning: 'A frame was used after its lease had ended.',
  },
  ANB_STALL: {
    class: 'StallError',
    retryable: false,
    fields: ['edges'],
    meaning: 'Nothing can run any more, although items wait.',
  },
  ANB_HELD_LIMIT: {
    class: 'HeldLimitError',
    retryable: false,
    fields: ['limit'],
    meaning: 'An operator holds more input sets than it may.',
  },
  ANB_LIMIT: {
    class: 'LimitExceededError',
    retryable: false,
    fields: ['limit'],
    meaning: 'A limit of contract/limits.json is exceeded.',
  },
  ANB_CANCELLED: {
    class: 'CancelledError',
    retryable: false,
    fields: [],
    meaning: 'The work was cancelled or interrupted.',
  },
  ANB_NOT_AVAILABLE: {
    class: 'NotAvailableError',
    retryable: false,
    fields: [],
    meaning: 'A feature, runtime or binary is not available here.',
  },
} as const
