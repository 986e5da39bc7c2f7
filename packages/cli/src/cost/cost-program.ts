import { costOf } from './cost-of.ts'
import type { CostNews, CostOrder } from './cost-order.ts'

// The program of a process that measures one node.
const tell = (news: CostNews) => new Promise((resolve) => void process.send?.(news, resolve))
process.once('disconnect', () => process.exit(1))

try {
  await tell({ kind: 'cost', cost: await costOf(JSON.parse(process.argv[2] ?? '{}') as CostOrder) })
} catch (error) {
  const { message, fix } = error as { message: string; fix?: string }
  await tell({ kind: 'refused', message, ...(fix !== undefined && { fix }) })
}
process.exit(0)
