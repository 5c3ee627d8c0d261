// Serves one folder of built files. Names under /assets carry a hash of their content, so they never
// change; all else is asked for anew each time, by ETag.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.ndjson': 'application/x-ndjson; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

// The first two give pages fine-grained clocks, which they need for measuring.
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

/** Serves a file, or says that there is none. */
export type StaticFiles = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/**
 * Serves the files below `root` for GET and HEAD; a folder means its index.html.
 * @returns a function that resolves to false when it has left the request alone
 */
export function createStaticFiles(root: string): StaticFiles {
  const base = resolve(root)
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const path = pathWithin(base, request.url ?? '/')
    const found = path === null ? null : await fileAt(path)
    if (found === null) return false
    send(request, response, found)
    return true
  }
}

function pathWithin(base: string, url: string): string | null {
  const name = decoded(url.split(/[?#]/, 1)[0] ?? '/')
  if (name === null || name.includes('\0') || name.includes('\\')) return null
  const path = resolve(join(base, name.endsWith('/') ? `${name}index.html` : name))
  return path.startsWith(base + sep) ? path : null
}

function decoded(name: string): string | null {
  try {
    return decodeURIComponent(name)
  } catch {
    return null
  }
}

interface FoundFile {
  readonly path: string
  readonly stats: Stats
}

async function fileAt(path: string): Promise<FoundFile | null> {
  const stats = await stat(path).catch(() => null)
  return stats?.isFile() ? { path, stats } : null
}

function send(request: IncomingMessage, response: ServerResponse, file: FoundFile): void {
  const { path, stats } = file
  const etag = `"${stats.size.toString(36)}-${Math.trunc(stats.mtimeMs).toString(36)}"`
  const hashed = request.url?.startsWith('/assets/')
  const headers = {
    ...HEADERS,
    ETag: etag,
    'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end()
    return
  }
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': stats.size })
  if (request.method === 'HEAD') response.end()
  else pipeline(createReadStream(path), response, () => {}) // closes the file, too, for who leaves half-way
}
