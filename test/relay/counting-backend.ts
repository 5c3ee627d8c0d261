// A memory backend that tells how much was taken from it.
import { memoryBackend } from '../../src/relay/index.ts'
import type { MemoryBackend } from '../../src/relay/index.ts'

/** The backend, and what its readers took. */
export interface CountingBackend extends MemoryBackend {
  /** Bytes of all entries that were read, each time they were. */
  taken(): number
}

/** Creates an empty one. */
export function countingBackend(): CountingBackend {
  const backend = memoryBackend()
  let taken = 0
  return {
    ...backend,
    taken: () => taken,
    async read(id, after, how) {
      const page = await backend.read(id, after, how)
      for (const { data } of page.entries) taken += data.length
      return page
    },
  }
}
