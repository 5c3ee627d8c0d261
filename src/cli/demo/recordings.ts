// The recordings that a demo ships, by name.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeRecording } from '../../wire/recording.ts'
import type { Recording } from '../../wire/recording.ts'

const EXTENSION = '.ndjson'

/** Shipped recordings. */
export interface DemoRecordings {
  readonly names: readonly string[]
  /** Reads one of the names. */
  read(name: string): Recording
}

/** Finds the recordings in a folder; none when there is no such folder. */
export function createDemoRecordings(folder: string): DemoRecordings {
  const names = filesIn(folder)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .toSorted()
  return {
    names,
    read: (name) => decodeRecording(readFileSync(join(folder, name + EXTENSION), 'utf8')),
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
