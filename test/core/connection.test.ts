import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ConnectionInput,
  type ConnectionState,
  connectionStep,
  IDLE,
} from '../../src/core/connection.ts'

const MAX = 3

function run(...inputs: ConnectionInput[]): { state: ConnectionState; actions: string[] } {
  const actions: string[] = []
  let state = IDLE
  for (const input of inputs) {
    const step = connectionStep(state, input, MAX)
    state = step.state
    actions.push(step.action)
  }
  return { state, actions }
}

const lost: ConnectionInput = { type: 'lost', final: false }

describe('connectionStep', () => {
  it('opens, catches up and is open', () => {
    const { state, actions } = run(
      { type: 'connect' },
      { type: 'opened' },
      { type: 'hello' },
      { type: 'caught-up' },
    )
    expect(state).toEqual({ status: 'open', attempt: 0 })
    expect(actions).toEqual(['open', 'none', 'none', 'none'])
  })

  it('gives up after as many attempts as may bring nothing', () => {
    const { actions } = run(
      { type: 'connect' },
      ...Array.from({ length: MAX }, () => [lost, { type: 'retry' } as const]).flat(),
      lost,
    )
    expect(actions.at(-1)).toBe('give-up')
    expect(actions.filter((action) => action === 'wait')).toHaveLength(MAX)
  })

  it('counts from the beginning again once an event has arrived', () => {
    const cuts = Array.from({ length: 50 }, () => [
      lost,
      { type: 'retry' } as const,
      { type: 'opened' } as const,
      { type: 'event' } as const,
    ]).flat()
    expect(run({ type: 'connect' }, ...cuts).actions).not.toContain('give-up')
  })

  it('does not take an answer without events for progress', () => {
    const cuts = Array.from({ length: MAX + 1 }, () => [
      { type: 'opened' } as const,
      { type: 'hello' } as const,
      lost,
      { type: 'retry' } as const,
    ]).flat()
    expect(run({ type: 'connect' }, ...cuts).actions).toContain('give-up')
  })

  it('closes at once when trying again is of no use', () => {
    const { state, actions } = run({ type: 'connect' }, { type: 'lost', final: true })
    expect(state.status).toBe('closed')
    expect(actions).toEqual(['open', 'give-up'])
  })

  it('hears nothing but a connect while it is idle or closed', () => {
    const types = ['opened', 'hello', 'caught-up', 'event', 'retry'] as const
    const deaf = fc.oneof(
      fc.constantFrom(...types).map((type): ConnectionInput => ({ type })),
      fc.boolean().map((final): ConnectionInput => ({ type: 'lost', final })),
    )
    fc.assert(
      fc.property(fc.array(deaf), (inputs) => {
        expect(run(...inputs).state).toEqual(IDLE)
        expect(
          run({ type: 'connect' }, { type: 'lost', final: true }, ...inputs).state.status,
        ).toBe('closed')
      }),
    )
  })
})
