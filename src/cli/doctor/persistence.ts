// What a restart would lose. Runs live for an hour or so, so that this is never worse than needs-work.
import { timeText } from './finding.ts'
import type { Finding } from './finding.ts'
import { numberIn } from './info.ts'
import type { ServerFacts } from './server-facts.ts'

/** Rates what is kept; null where the server does not tell. */
export function ratePersistence({ info, config, nowMs }: ServerFacts): Finding | null {
  const aof = numberIn(info, 'aof_enabled')
  if (aof === null) return null
  if (aof === 1) return appendOnly(info.get('aof_last_write_status'), config.get('appendfsync'))
  // Unknown where CONFIG is refused: a snapshot ever made says that they are.
  const save = config.get('save')
  const changes = numberIn(info, 'rdb_changes_since_last_save') ?? 0
  const saved = numberIn(info, 'rdb_last_save_time')
  const ago = saved === null || nowMs === null ? '' : `, ${timeText(nowMs - saved * 1000)} ago`
  const isSaved = save === undefined ? numberIn(info, 'rdb_saves') !== 0 : save !== ''
  return {
    id: 'persistence',
    value: isSaved ? 'snapshots' : 'none',
    unit: '',
    rating: 'needs-work',
    why: isSaved
      ? `A restart would lose the ${changes} changes since the last snapshot${ago}: live runs, in the middle.`
      : 'A restart would lose everything: the relay tells viewers of a gap, and the run is not there any more.',
    advice:
      'Switch AOF on (appendonly yes, appendfsync everysec): at most a second is lost, and the writer notices.',
  }
}

function appendOnly(status = 'ok', fsync: string | undefined): Finding {
  const isWell = status === 'ok'
  return {
    id: 'persistence',
    value: `AOF${fsync === undefined ? '' : `, ${fsync}`}`,
    unit: '',
    rating: isWell ? 'good' : 'needs-work',
    why: isWell
      ? `A restart loses ${fsync === 'always' ? 'nothing that was acknowledged' : 'about a second at most'}.`
      : 'The last write of the append-only file failed: Redis refuses writes until one succeeds.',
    advice: isWell ? '' : 'Look at the disk: it is full, or not writable.',
  }
}
