import { describe, expect, it } from 'vitest'
import { createClientAddress, networkOf } from '../../../src/relay/door/client-address.ts'
import type { RelayRequest } from '../../../src/relay/request.ts'

const from = (address: string | null, forwarded?: string): RelayRequest => ({
  method: 'GET',
  path: '/',
  query: new URLSearchParams(),
  address,
  header: (name) => (name === 'x-forwarded-for' ? forwarded : undefined),
  onClose: () => {},
})

describe('createClientAddress', () => {
  it.each([
    ['nobody is trusted', [], '10.0.0.1', '1.2.3.4', '10.0.0.1'],
    ['the peer is no proxy', ['10.0.0.0/8'], '9.9.9.9', '1.2.3.4', '9.9.9.9'],
    ['the peer is one', ['10.0.0.0/8'], '10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['the client wrote some itself', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['there are two', ['10.0.0.0/8', '192.0.2.7'], '10.0.0.1', '1.2.3.4, 192.0.2.7', '1.2.3.4'],
    ['all are proxies', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
    ['nothing was forwarded', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
    ['words were forwarded', ['10.0.0.0/8'], '10.0.0.1', '1.2.3.4, unknown', '10.0.0.1'],
    ['IPv4 came over IPv6', ['10.0.0.0/8'], '::ffff:10.0.0.1', '::ffff:1.2.3.4', '1.2.3.4'],
    ['it is IPv6', ['fd00::/8'], 'fd00::1', '2001:db8::7', '2001:db8::7'],
    ['no address is known', ['10.0.0.0/8'], null, '1.2.3.4', null],
  ])('tells who asks where %s', (_, trusted, peer, forwarded, expected) => {
    expect(createClientAddress(trusted)(from(peer, forwarded))).toBe(expected)
  })

  it.each(['10.0.0.0/33', 'fd00::/129', 'localhost', '', '10.0.0.0/', '10.0.0.0/8x'])(
    'refuses "%s"',
    (network) => {
      expect(() => createClientAddress([network])).toThrow('trustProxy: expected addresses as')
    },
  )
})

describe('networkOf', () => {
  it('is one for a whole /64, however it is written, and an address of IPv4', () => {
    expect(networkOf('1.2.3.4')).toBe('1.2.3.4')
    const same = ['2001:db8::7', '2001:0db8:0:0::1', '2001:db8:0:0:ffff:1:2:3']
    expect(new Set(same.map(networkOf)).size).toBe(1)
    expect(networkOf('2001:db8:0:1::7')).not.toBe(networkOf('2001:db8::7'))
    expect(networkOf('::1')).toBe(networkOf('::2'))
  })
})
