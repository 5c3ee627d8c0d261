// One run told in AG-UI and in Suna's own envelopes has to give the same chat, whichever way it is read.
import { describe, expect, it } from 'vitest'
import type { ChatState } from '../../src/core/chat-message.ts'
import { agUi } from '../../src/protocols/ag-ui.ts'
import { suna } from '../../src/protocols/suna.ts'
import { scenario } from '../../src/testing/scenario.ts'
import { sunaRows } from '../../src/testing/suna-envelope.ts'
import { chatAfter } from './streams.ts'

// Ids, marks and telemetry differ between the formats; what a person reads may not.
function toldBy({ messages }: ChatState) {
  return messages
    .filter((message) => message.role === 'assistant')
    .map(({ text, parts }) => ({
      text,
      calls: parts.flatMap((part) =>
        part.type === 'tool-call' ? [[part.name, part.args, part.state]] : [],
      ),
    }))
}

function answersOf({ messages }: ChatState) {
  const parts = messages.flatMap((message) => message.parts)
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))
  return parts.flatMap((part) =>
    part.type === 'tool-result' ? [[calls.indexOf(part.toolCallId), part.content]] : [],
  )
}

describe.each(['suna-list', 'suna-stream'] as const)('a run in the layout %s', (layout) => {
  it.each([
    [1, 400, 4],
    [2, 300, 1],
    [3, 40, 9],
  ])('reads as in AG-UI (seed %i, %i events of %i characters)', (seed, events, chunk) => {
    const run = scenario({ seed, events, chunk })
    const plain = chatAfter(agUi, run)
    const told = chatAfter(suna(), sunaRows(run, { layout }))
    expect(toldBy(told)).toEqual(toldBy(plain))
    expect(answersOf(told)).toEqual(answersOf(plain))
  })

  it('shows the same text at every cut, live and complete', () => {
    const rows = sunaRows(scenario({ seed: 5, events: 120, chunk: 6 }), { layout })
    const texts = rows.map((_, cut) =>
      toldBy(chatAfter(suna(), rows.slice(0, cut + 1)))
        .map(({ text }) => text)
        .join('\n'),
    )
    texts.forEach((text, at) => expect(text.startsWith(texts[at - 1] ?? '')).toBe(true))
    expect(texts.at(-1)?.length).toBeGreaterThan(100)
  })
})
