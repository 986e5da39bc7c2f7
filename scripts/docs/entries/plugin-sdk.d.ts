export * from '../../../packages/plugin-sdk/dist/index.js'
