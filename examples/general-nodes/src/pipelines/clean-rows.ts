import { definePipeline } from '@anabranch/runtime'
import { filterNode, jsonLinesSink, jsonLinesSource, mapNode } from '@anabranch/runtime/nodes'
import { dataFile, type Example } from '../example.ts'

/** Books alone, each with what it costs, from one file to another. */
export function cleanRows(out = 'books.jsonl'): Example {
  const pipeline = definePipeline({
    nodes: {
      rows: { type: jsonLinesSource, params: { path: dataFile('orders.jsonl') }, on_error: 'skip' },
      books: { type: filterNode, params: { expression: 'value.kind == "book"' }, in: { input: 'rows.output' } },
      total: {
        type: mapNode,
        params: { expression: '{"id": value.id, "total": value.price * value.count}' },
        in: { input: 'books.output' },
      },
      file: { type: jsonLinesSink, params: { path: out }, in: { input: 'total.output' } },
    },
  })
  return { pipeline }
}
