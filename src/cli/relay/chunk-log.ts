// Says at debug how much text each event brings: many small chunks are the first thing to look for when a stream stutters.
import type { Backend } from '../../relay/index.ts'

/** A backend that tells of every event of a followed stream once: `chunk 4 chars`. */
export function withChunkLog(backend: Backend, tell: (line: string) => void): Backend {
  return {
    ...backend,
    async read(id, after, options) {
      const page = await backend.read(id, after, options)
      for (const { data } of options.follow ? page.entries : []) {
        const chunk = chunkIn(data.toString())
        if (chunk !== null) tell(`chunk ${chunk.length} chars`)
      }
      return page
    },
  }
}

// AG-UI's deltas as they are, and Suna's texts, which are JSON within JSON.
function chunkIn(payload: string): string | null {
  const { delta, content } = fieldsIn(payload)
  if (typeof delta === 'string') return delta
  if (typeof content !== 'string') return null
  const inner = fieldsIn(content)
  const text = inner['content'] ?? inner['reasoning_content']
  return typeof text === 'string' ? text : null
}

function fieldsIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
