import { definePlugin, type Plugin } from '@anabranch/plugin-sdk'
import { batchNode } from './batch-node.ts'
import { delayNode } from './delay-node.ts'
import { faultNode } from './fault-node.ts'
import { filterNode } from './filter-node.ts'
import { httpSource } from './http-source.ts'
import { joinNode } from './join-node.ts'
import { jsonLinesSink } from './json-lines-sink.ts'
import { jsonLinesSource } from './json-lines-source.ts'
import { mapNode } from './map-node.ts'
import { mergeNode } from './merge-node.ts'
import { stdinSource } from './stdin-source.ts'
import { stdoutSink } from './stdout-sink.ts'
import { tapNode } from './tap-node.ts'
import { throttleNode } from './throttle-node.ts'
import { timerSource } from './timer-source.ts'
import { webSocketSink } from './web-socket-sink.ts'
import { webSocketSource } from './web-socket-source.ts'
import { windowNode } from './window-node.ts'

/** Sources, sinks and the nodes between them that need no model and no other runtime. */
export const generalNodes: Plugin = definePlugin({
  name: '@anabranch/runtime/nodes',
  apiVersion: 1,
  nodes: [
    jsonLinesSource,
    jsonLinesSink,
    stdinSource,
    stdoutSink,
    timerSource,
    httpSource,
    webSocketSource,
    webSocketSink,
    filterNode,
    mapNode,
    batchNode,
    windowNode,
    throttleNode,
    delayNode,
    mergeNode,
    joinNode,
    tapNode,
    faultNode,
  ],
})
