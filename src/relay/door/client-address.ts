// Who asks, for limits. Anybody can write X-Forwarded-For: it is believed as far as it was written by the proxies named.
import { BlockList, isIP } from 'node:net'
import type { RelayRequest } from '../request.ts'

/**
 * Creates what finds a client's address: its peer's or, where that is a trusted proxy, the rightmost forwarded one that
 * is none.
 * @param trusted addresses and networks, as `10.0.0.0/8`
 * @throws TypeError for what is neither
 */
export function createClientAddress(
  trusted: readonly string[],
): (request: RelayRequest) => string | null {
  const isProxy = createProxyCheck(trusted)
  return (request) => {
    let address = plain(request.address ?? '')
    const hops = request.header('x-forwarded-for')?.split(',') ?? []
    while (isProxy(address)) {
      const hop = plain(hops.pop()?.trim() ?? '')
      if (isIP(hop) === 0) break
      address = hop
    }
    return address || null
  }
}

/**
 * Creates what finds whose a socket is: the network of its peer, or null for that of a trusted proxy, which has many behind it.
 * @throws TypeError for what is neither an address nor a network
 */
export function createSocketNetwork(trusted: readonly string[]): (peer: string) => string | null {
  const isProxy = createProxyCheck(trusted)
  return (peer) => (isProxy(plain(peer)) ? null : networkOf(plain(peer)))
}

/** The part of an address that one client cannot change at will: of IPv6 the first 64 bits. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = Array.from<string>({ length: Math.max(0, 8 - head.length - tail.length) }).fill('0')
  const groups = [...head, ...zeros, ...tail].slice(0, 4)
  return groups.map((group) => Number.parseInt(group, 16)).join(':')
}

function createProxyCheck(trusted: readonly string[]): (address: string) => boolean {
  const proxies = new BlockList()
  for (const network of trusted) addTo(proxies, network)
  return (address) => {
    const version = isIP(address)
    return version > 0 && proxies.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

function addTo(proxies: BlockList, network: string): void {
  const [address = '', bits] = network.split('/')
  const version = isIP(address)
  const widest = version === 4 ? 32 : 128
  const prefix = bits === undefined ? widest : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity
  if (version === 0 || prefix > widest) {
    throw new TypeError(`trustProxy: expected addresses as 10.0.0.0/8, got "${network}"`)
  }
  proxies.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6')
}

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
