import { pythonScript } from '../python-script.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  name: 'python_decode_64k',
  about: 'a message with 64 KB of float32, scanned and decoded in Python, the samples not copied',
  unit: 'µs',
  limit: 2,
  prepare({ quick }) {
    const script = pythonScript('decode_64k.py', quick ? '20000' : '100000')
    return { ours: async () => Number(await script.ask()), baseline: null, cleanup: () => script.stop() }
  },
}
