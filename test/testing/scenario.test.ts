import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { lengthOf } from '../../src/testing/prose.ts'
import { scenario, textOf } from '../../src/testing/scenario.ts'

const options = fc.record({
  seed: fc.integer(),
  events: fc.integer({ min: 8, max: 600 }),
  chunk: fc.integer({ min: 1, max: 60 }),
})

const textDeltas = (events: readonly AgentEvent[]): Map<string, string[]> => {
  const stretches = new Map<string, string[]>()
  for (const event of events) {
    if (event.type !== 'TEXT_MESSAGE_CONTENT' && event.type !== 'REASONING_MESSAGE_CONTENT')
      continue
    const key = `${event.type} ${event.messageId}`
    stretches.set(key, [...(stretches.get(key) ?? []), event.delta])
  }
  return stretches
}

describe('scenario', () => {
  it('makes exactly as many events as asked for, from RUN_STARTED to RUN_FINISHED', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const events = scenario(asked)
        expect(events).toHaveLength(asked.events)
        expect(events[0]?.type).toBe('RUN_STARTED')
        expect(events.at(-1)?.type).toBe('RUN_FINISHED')
        expect(events.filter(({ type }) => type.startsWith('RUN_'))).toHaveLength(2)
      }),
    )
  })

  it('cuts every stretch of text into deltas of the asked size, the last at most as long', () => {
    fc.assert(
      fc.property(options, (asked) => {
        for (const deltas of textDeltas(scenario(asked)).values()) {
          const last = lengthOf(deltas.at(-1) ?? '')
          expect(last).toBeGreaterThan(0)
          expect(last).toBeLessThanOrEqual(asked.chunk)
          for (const delta of deltas.slice(0, -1)) expect(lengthOf(delta)).toBe(asked.chunk)
        }
      }),
    )
  })

  it('never splits a surrogate pair', () => {
    fc.assert(
      fc.property(options, (asked) => {
        for (const event of scenario(asked)) {
          if ('delta' in event && typeof event.delta === 'string') {
            expect(event.delta.isWellFormed()).toBe(true)
          }
        }
      }),
    )
  })

  it('gives the same run for the same options, and another for another seed', () => {
    fc.assert(
      fc.property(options, (asked) => {
        expect(scenario(asked)).toEqual(scenario({ ...asked }))
        expect(scenario(asked)).not.toEqual(scenario({ ...asked, seed: asked.seed + 1 }))
      }),
    )
  })

  it('writes the same prose whatever the chunk size', () => {
    const prose = (events: number, chunk: number): string => {
      const last = scenario({ seed: 3, events, chunk }).filter(
        (event) => event.type === 'TEXT_MESSAGE_CONTENT' && event.messageId === 'm3-3',
      )
      return textOf(last)
    }
    const [fine, coarse] = [prose(16_000, 1), prose(2_000, 8)]
    expect(fine.length).toBeGreaterThan(4_000)
    expect(fine.slice(0, 4_000)).toBe(coarse.slice(0, 4_000))
  })

  it('opens and closes every message, reasoning and tool call, and gives each call its result', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const open = new Set<string>()
        for (const event of scenario(asked)) {
          const [, kind = '', id = ''] = /^(.*)_/.exec(event.type) ?? []
          const key = `${kind}${'messageId' in event ? event.messageId : id}`
          if (event.type.endsWith('MESSAGE_START')) open.add(key)
          if (event.type.endsWith('MESSAGE_CONTENT')) expect(open).toContain(key)
          if (event.type.endsWith('MESSAGE_END')) expect(open.delete(key)).toBe(true)
        }
        expect(open.size).toBe(0)
      }),
    )
  })

  it('calls two tools with whole JSON arguments once there is room', () => {
    const args = new Map<string, string>()
    for (const event of scenario({ events: 64, chunk: 3 })) {
      if (event.type === 'TOOL_CALL_START') args.set(event.toolCallId, '')
      if (event.type !== 'TOOL_CALL_ARGS') continue
      args.set(event.toolCallId, (args.get(event.toolCallId) ?? '') + event.delta)
    }
    expect(args.size).toBe(2)
    for (const text of args.values()) expect(JSON.parse(text)).toHaveProperty('query')
  })

  it('takes more turns for more text, so that no turn grows without bound', () => {
    const sizes = new Map<string, number>()
    for (const event of scenario({ events: 20_000, chunk: 40 })) {
      if (event.type !== 'TEXT_MESSAGE_CONTENT') continue
      sizes.set(event.messageId, (sizes.get(event.messageId) ?? 0) + lengthOf(event.delta))
    }
    expect(sizes.size).toBeGreaterThan(15)
    expect(Math.max(...sizes.values())).toBeLessThan(100_000)
  })

  it('writes headings, lists, bold, a table, fenced code and characters beyond ASCII', () => {
    const text = textOf(scenario())
    for (const mark of ['\n## ', '- **', '**', '| --- |', '```ts\n', '1. ', 'é', '漢', '🚀']) {
      expect(`\n${text.replaceAll('###', '##').replaceAll('.##', '.\n##')}`).toContain(mark)
    }
    expect(text.match(/^```/gm)?.length ?? 0).toSatisfy((count: number) => count % 2 === 0)
  })

  it.each([
    [{ events: 7 }, RangeError, /events must be 8 or more, got 7/],
    [{ chunk: 0 }, RangeError, /chunk must be 1 or more, got 0/],
    [{ events: 10.5 }, TypeError, /events must be an integer, got 10.5/],
    [{ seed: Number.NaN }, TypeError, /seed must be an integer, got NaN/],
  ])('refuses %o', (asked, type, message) => {
    expect(() => scenario(asked)).toThrow(type)
    expect(() => scenario(asked)).toThrow(message)
  })
})

describe('textOf', () => {
  it('leaves out what others than the assistant say', () => {
    expect(
      textOf([
        { type: 'TEXT_MESSAGE_START', messageId: 'u', role: 'user' },
        { type: 'TEXT_MESSAGE_CONTENT', messageId: 'u', delta: 'question' },
        { type: 'TEXT_MESSAGE_CONTENT', messageId: 'a', delta: 'ans' },
        { type: 'REASONING_MESSAGE_CONTENT', messageId: 'a', delta: 'thought' },
        { type: 'TEXT_MESSAGE_CONTENT', messageId: 'a', delta: 'wer' },
      ]),
    ).toBe('answer')
  })
})
