// What a client records of a run in a real Redis, behind a real relay, is byte for byte what `framewise record` writes,
// and the commands play it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createAgentStream, decodeRecording, sse } from '../../../src/index.ts'
import { recordStream } from '../../../src/metrics/index.ts'
import { suna } from '../../../src/protocols/index.ts'
import { redisBackend } from '../../../src/relay/index.ts'
import { runCli } from '../../cli/run-cli.ts'
import { serve, type Served } from '../../relay/serve.ts'
import { type RedisServer, startRedis } from '../../support/redis-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'framewise-record-stream-'))
let redis: RedisServer
let served: Served

beforeAll(async () => {
  redis = await startRedis()
  served = await serve({ backend: redisBackend({ url: redis.url }) })
})
afterAll(async () => {
  await served.close()
  await redis.stop()
  rmSync(folder, { recursive: true })
})

/** The output of a command that went well. */
async function command(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { REDIS_URL: redis.url })
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('    at ')])
  return stdout
}

/** Reads a run to its end, and gives the recorder of it. */
async function recorded(id: string) {
  const transport = sse({ url: `${served.url}/v1/streams/${id}/events` })
  const stream = createAgentStream({ transport, protocol: suna() })
  const recorder = recordStream(stream, { timing: 'log' })
  stream.connect()
  const { store } = stream
  await vi.waitFor(() => expect(store.getState().status).toBe('finished'), { timeout: 15_000 })
  stream.close()
  return recorder
}

it('writes what the command writes, clear and redacted', async () => {
  await command('produce', '--stream', 'same', '--rate', '2000', '--events', '200')
  const recorder = await recorded('same')
  expect(recorder.toNDJSON()).toBe(await command('record', '--stream', 'same'))
  expect(recorder.toNDJSON({ redact: true })).toBe(
    await command('record', '--stream', 'same', '--redact'),
  )
})

it('is played by the command', async () => {
  await command('produce', '--stream', 'first', '--rate', '2000', '--events', '200')
  const first = await recorded('first')
  const file = join(folder, 'first.ndjson')
  writeFileSync(file, await first.toBlob().text())
  await command('produce', '--stream', 'second', '--play', file, '--speed', '10')
  const second = decodeRecording(await command('record', '--stream', 'second'))
  expect(second.events.map(({ data }) => data)).toEqual(
    first.recording().events.map(({ data }) => data),
  )
})
