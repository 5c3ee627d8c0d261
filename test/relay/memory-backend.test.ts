import { describe, expect, it } from 'vitest'
import { memoryBackend } from '../../src/relay/index.ts'
import { testBackendContract } from './backend-contract.ts'

testBackendContract('memory', async () => {
  const backend = memoryBackend()
  const stopped = new Set<string>()
  backend.onStop((id) => void stopped.add(id))
  return {
    backend,
    heardStop: async (id) => stopped.has(id),
    append: backend.append,
    delete: async (id) => backend.delete(id),
    close: backend.close,
  }
})

const all = { limit: 100, follow: true }
const COMPLETED = '{"type":"status","status":"completed"}'

describe('memoryBackend', () => {
  it('drops a log some time after its end, and an unfinished one later', async () => {
    let now = 0
    const backend = memoryBackend({ endedTtlMs: 10, idleTtlMs: 100, now: () => now })
    await backend.append('ended', COMPLETED)
    await backend.append('open', '{}')
    now = 11
    expect((await backend.read('ended', null, all)).exists).toBe(false)
    expect((await backend.read('open', null, all)).exists).toBe(true)
    now = 101
    expect((await backend.read('open', null, all)).exists).toBe(false)
  })

  it('drops the logs written to longest ago when all grow too large, never the one being written', async () => {
    const backend = memoryBackend({ maxBytes: 10 })
    await backend.append('a', '12345')
    await backend.append('b', '12345')
    await backend.append('a', '1')
    expect((await backend.stat('b')).length).toBe(0)
    expect((await backend.stat('a')).length).toBe(2)
    await backend.append('a', 'far more than ten bytes')
    expect((await backend.stat('a')).length).toBe(3)
  })

  it('tells who listens of stops, and nobody else', async () => {
    const backend = memoryBackend()
    const heard: string[] = []
    const forget = backend.onStop((id) => void heard.push(id))
    await backend.stop('a')
    forget()
    await backend.stop('b')
    expect(heard).toEqual(['a'])
  })

  it('drops a log when told to, at once or in some time', async () => {
    let now = 0
    const backend = memoryBackend({ now: () => now })
    await backend.append('a', '{}')
    backend.expire('a', 5)
    expect((await backend.stat('a')).length).toBe(1)
    now = 5
    expect((await backend.stat('a')).length).toBe(0)
    expect(backend.delete('a')).toBe(false)
  })
})
