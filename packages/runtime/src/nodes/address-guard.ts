import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { NodeExecutionError } from '@anabranch/plugin-sdk'
import ipaddr from 'ipaddr.js'

/** Whether an address is one of the public internet: not loopback, private, link-local, multicast, mapped or reserved. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.process(address.replace(/%.*$/, '')).range() === 'unicast'
}

/** The address that a host is, without its brackets; nothing where it is a name. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 ? undefined : bare
}

/** Refuses a URL whose host is an address of this machine or its own network. @throws NodeExecutionError, never retried */
export function checkHost(url: URL): void {
  const address = literalAddress(url.hostname)
  if (address !== undefined && !isPublicAddress(address)) throw refusal(url.hostname, address)
}

/**
 * Looks names up and refuses those that lead to an address of this machine or its own network. The connection is made to
 * the very addresses that were looked at, so that a name cannot change its mind in between.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '')
    const own = addresses.find(({ address }) => !isPublicAddress(address))
    const [first] = addresses
    if (own !== undefined) return callback(refusal(hostname, own.address) as never, '')
    if (options.all) return callback(null, addresses)
    callback(null, first?.address ?? '', first?.family)
  })
}

function refusal(hostname: string, address: string) {
  const where = hostname === address ? hostname : `${hostname} (${address})`
  return new NodeExecutionError(`${where} is an address of this machine or its own network`, {
    retryable: false,
    fix: 'say allow_private: true if that is what you want',
  })
}
