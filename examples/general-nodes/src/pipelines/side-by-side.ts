import { definePipeline } from '@anabranch/runtime'
import { joinNode, jsonLinesSource, mergeNode } from '@anabranch/runtime/nodes'
import { dataFile, type Example } from '../example.ts'

/** Words and levels as pairs; and all of both as they come. */
export function sideBySide(): Example {
  const pipeline = definePipeline({
    nodes: {
      words: { type: jsonLinesSource, params: { path: dataFile('words.jsonl') } },
      levels: { type: jsonLinesSource, params: { path: dataFile('levels.jsonl') } },
      pairs: {
        type: joinNode,
        params: { left: 'word', right: 'db' },
        in: { left: 'words.output', right: 'levels.output' },
      },
      all: { type: mergeNode, in: { input: ['words.output', 'levels.output'] } },
    },
  })
  return { pipeline }
}
