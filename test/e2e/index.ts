import './native-memory.test.ts'
import './without-python.test.ts'
