import './native-memory.test.ts'
import './without-addon.test.ts'
import './without-python.test.ts'
