// Sources and sinks

export { httpSource } from './http-source.ts'
export { jsonLinesSink, jsonLinesTo } from './json-lines-sink.ts'
export { jsonLinesFrom, jsonLinesSource, type LineStream } from './json-lines-source.ts'
export { stdinSource } from './stdin-source.ts'
export { stdoutSink } from './stdout-sink.ts'
export { timerSource } from './timer-source.ts'
export { webSocketSink } from './web-socket-sink.ts'
export { webSocketSource } from './web-socket-source.ts'

// Values

export { filterNode } from './filter-node.ts'
export { mapNode } from './map-node.ts'

// Groups and time

export { batchNode } from './batch-node.ts'
export { delayNode } from './delay-node.ts'
export { throttleNode } from './throttle-node.ts'
export { windowNode } from './window-node.ts'

// Several streams

export { joinNode } from './join-node.ts'
export { mergeNode } from './merge-node.ts'

// Onlookers and tests

export { faultNode } from './fault-node.ts'
export { tapNode } from './tap-node.ts'

// All of them, as a plugin

export { generalNodes, generalNodes as default } from './general-nodes.ts'
