export * from '../../../packages/runtime/dist/index.js'
