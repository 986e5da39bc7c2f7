// One node without a graph

// Audio and time
export { clip } from './clip.ts'
export { type Emitted, type Harness, harness } from './harness.ts'
export { type MarbleTest, marbles } from './marbles.ts'
// Conformance
export { type NodeCase, type TestRunner, testNode } from './test-node.ts'
export { type VirtualClock, virtualClock } from './virtual-clock.ts'
