import { expect, it } from 'vitest'
import { withoutSecrets } from '../../src/cli/without-secrets.ts'

it.each([
  ['redis://me:hidden@host:6379 is away', 'redis://***@host:6379 is away'],
  ['rediss://:hid@den@host/0', 'rediss://***@host/0'],
  ['at http://a, x://redis://me:hidden@host', 'at http://a, x://***@host'],
  ['GET /v1/streams/a/events?after=1&ticket=hidden: 200', 'GET /v1/streams/a/events?*** 200'],
  ['Authorization: Bearer hidden', 'Authorization: ***'],
  ['{"cookie":"a=hidden; b=hidden"}', '{"cookie":"***"}'],
  ['set-cookie: a=hidden; HttpOnly', 'set-cookie: ***'],
  ['{"op":"auth","token":"hidden"}', '{"op":"auth","token":"***"}'],
  ['ticket=hidden&x', 'ticket=***&x'],
  ['FRAMEWISE_SECRET=hidden', 'FRAMEWISE_SECRET=***'],
  ['password: hidden,', 'password: ***,'],
  ['got bearer hidden', 'got bearer ***'],
  ['no eyJhbGciOiJIUzI1.eyJhdWQi.c2ln here', 'no *** here'],
])('hides what opens doors in %j', (line, shown) => {
  expect(withoutSecrets(line)).toBe(shown)
})

it.each([
  'stream a cannot be read: Error: WRONGTYPE',
  'did you mean --port?; see framewise relay --help',
  'lrange 3.2 ms for 17 items',
  'expected a valid token for this stream',
  'open http://127.0.0.1:4400/v1/ws',
])('leaves %j as it is', (line) => {
  expect(withoutSecrets(line)).toBe(line)
})

// Tried anew at each of them, this takes far longer than a test may.
it.each(['a.', '-eyJaaaaaaaa', 'x://'])('goes over a line once that is made of %j', (part) => {
  const line = part.repeat(100_000 / part.length)
  expect(withoutSecrets(line)).toBe(line)
})
