import './native-memory.test.ts'
