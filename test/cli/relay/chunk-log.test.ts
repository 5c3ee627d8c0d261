import { expect, it } from 'vitest'
import { withChunkLog } from '../../../src/cli/relay/chunk-log.ts'
import { memoryBackend } from '../../../src/relay/index.ts'

const read = { limit: 9 }

it('tells how much text each event brings, once, and of nothing else', async () => {
  const memory = memoryBackend()
  const lines: string[] = []
  const backend = withChunkLog(memory, (line) => lines.push(line))
  const content = (inner: object): string => JSON.stringify({ content: JSON.stringify(inner) })
  for (const payload of [
    '{"type":"TEXT_MESSAGE_CONTENT","delta":"four"}',
    content({ role: 'assistant', content: 'seventh' }),
    content({ reasoning_content: 'why' }),
    '{"type":"RUN_STARTED"}',
    'no JSON',
    'null',
    '{"content":"no JSON within"}',
  ]) {
    await memory.append('a', payload)
  }
  await backend.read('a', null, { ...read, follow: false })
  expect(lines).toEqual([])
  const page = await backend.read('a', null, { ...read, follow: true })
  expect(page.entries).toHaveLength(7)
  expect(lines).toEqual(['chunk 4 chars', 'chunk 7 chars', 'chunk 3 chars'])
})
