import { useEffect } from 'react'
import type { AgentStream } from 'framewise'
import { useStreamState } from 'framewise/react'
import { loadHistory } from './history.ts'

/** Puts what the server has saved in the place of what a gap left. */
export function useMended(stream: AgentStream, chat: string): void {
  const gaps = useStreamState(stream, (state) => state.gaps)
  useEffect(() => {
    if (gaps.length === 0) return
    let left = false
    const mend = async (): Promise<void> => {
      const { messages, cursor } = await loadHistory(chat)
      if (!left) stream.hydrate(messages, cursor)
    }
    void mend().catch(() => {}) // the gap stays in the state: say so on the screen
    return () => {
      left = true
    }
  }, [stream, chat, gaps])
}
