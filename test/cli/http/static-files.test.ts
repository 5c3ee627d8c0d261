import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createStaticFiles } from '../../../src/cli/http/static-files.ts'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const folder = mkdtempSync(join(tmpdir(), 'framewise-static-'))
let server: Server
const sources: Readable[] = []

// fetch would tidy up the path before it is sent.
const ask = (path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    request({ port, host: '127.0.0.1', path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      )
    })
      .on('error', reject)
      .end()
  })

beforeAll(async () => {
  mkdirSync(join(folder, 'site', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'site-secret.txt'), 'secret')
  writeFileSync(join(folder, 'site', 'index.html'), '<p>é</p>')
  writeFileSync(join(folder, 'site', 'assets', 'a-1.js'), 'let a')
  writeFileSync(join(folder, 'site', 'large.txt'), 'x'.repeat(20_000_000))
  const files = createStaticFiles(join(folder, 'site'))
  server = createServer((asked, response) => {
    response.on('pipe', (source: Readable) => sources.push(source))
    void files(asked, response).then((served) => served || response.writeHead(404).end())
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

describe('createStaticFiles', () => {
  it('serves index.html for a folder, isolated, to be asked for anew each time', async () => {
    const { status, headers, body } = await ask('/?rate=5')
    expect([status, body]).toEqual([200, '<p>é</p>'])
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': '9',
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
  })

  it('lets assets be kept for good', async () => {
    const { headers } = await ask('/assets/a-1.js')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  it('answers 304 to who has it already, and no body to HEAD', async () => {
    const { headers } = await ask('/')
    expect(await ask('/', 'GET', { 'if-none-match': headers.etag ?? '' })).toMatchObject({
      status: 304,
      body: '',
    })
    expect(await ask('/', 'HEAD')).toMatchObject({ status: 200, body: '' })
  })

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/..%5csecret.txt',
    '/../site-secret.txt',
    '//../secret.txt',
    '/%00',
    '/%E0%A4%A',
    '/assets',
    '/nothing.js',
  ])('finds nothing at %s', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: '' })
  })

  it('closes the file for who leaves half-way', async () => {
    const { port } = server.address() as AddressInfo
    await new Promise<void>((left) => {
      const asked = request({ port, host: '127.0.0.1', path: '/large.txt' }, (response) => {
        response.on('close', left)
        asked.destroy()
      })
      asked.on('error', () => {}).end()
    })
    await vi.waitFor(() => expect(sources.at(-1)?.destroyed).toBe(true))
  })

  it('leaves other methods alone', async () => {
    expect(await ask('/', 'POST')).toMatchObject({ status: 404 })
  })
})
