import { existsSync, readFileSync } from 'node:fs'
import { type AnabranchError, NotAvailableError } from '@anabranch/plugin-sdk'
import { prebuiltPackage } from './addon-path.ts'

const BUILD = '`npm run build:native -w @anabranch/nodes-native` (needs Rust from https://rustup.rs)'

/** Why the addon of this package is not there, where it was looked for, and how to get it. `cause` is what loading it threw. */
export function noAddon(path: string, cause: AnabranchError): AnabranchError {
  const name = prebuiltPackage()
  const install = name === undefined ? '' : `install it with \`npm install ${name}@${version()}\`, or `
  const checkout = existsSync(new URL('../Cargo.toml', import.meta.url))
  const where = checkout
    ? ''
    : ` in a checkout of Anabranch and copy its prebuilt/ to ${new URL('..', import.meta.url).pathname}`
  return new NotAvailableError(existsSync(path) ? cause.message : lookedFor(path, name), {
    cause,
    fix: `${install}build it from source with ${BUILD}${where}`,
  })
}

function lookedFor(path: string, name: string | undefined): string {
  const looked = name === undefined ? '' : `: the package ${name} is not installed, and there is no file`
  return `there is no native addon for ${process.platform}-${process.arch}${looked} at ${path}`
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
