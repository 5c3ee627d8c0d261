import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { mockAgentStream } from 'framewise/testing'

export const relay = await mockAgentStream()
const server = setupServer(...relay.handlers)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => relay.reset())
afterAll(() => server.close())
