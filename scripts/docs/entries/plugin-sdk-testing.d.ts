export * from '../../../packages/plugin-sdk/dist/testing/index.js'
