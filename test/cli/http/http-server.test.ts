import { request } from 'node:http'
import { expect, it } from 'vitest'
import { openHttpServer } from '../../../src/cli/http/http-server.ts'

it('serves requests that offer another protocol than WebSocket', async () => {
  const server = await openHttpServer(
    { request: (_, response) => response.end('served'), upgrade: () => false },
    { host: '127.0.0.1', port: 0 },
  )
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' }
  const status = await new Promise((resolve, reject) => {
    request(server.url, { headers }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })
  expect(status).toBe(200)
  await server.close()
})
