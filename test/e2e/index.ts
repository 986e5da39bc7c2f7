import './fused-runs.test.ts'
import './native-memory.test.ts'
import './without-addon.test.ts'
import './without-python.test.ts'
