// One node without a graph

// Audio and time
export { clip, speechAt } from './clip.ts'
// Conformance: a suite for tests, and what other suites compare by
export { CUTS, cutAudio, joinedAudio } from './cuts.ts'
export { fits } from './fits.ts'
export { type Emitted, type Harness, harness } from './harness.ts'
export { type MarbleTest, marbles } from './marbles.ts'
export { oddAudio } from './odd-audio.ts'
export { overtaking } from './overtaking.ts'
export { ownCopies, sameOutputs, sameSamples } from './same-value.ts'
export { type NodeCase, type TestRunner, testNode } from './test-node.ts'
export { type VirtualClock, virtualClock } from './virtual-clock.ts'
export { wrongValue } from './wrong-value.ts'
