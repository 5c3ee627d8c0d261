import { describe, expect, it } from 'vitest'
import { MAX_RUN_CHARACTERS, readRunRequest } from '../../../src/cli/demo/request.ts'
import { HttpError } from '../../../src/cli/http/http-reply.ts'

describe('readRunRequest', () => {
  it('fills in what is not asked for', () => {
    expect(readRunRequest({}, [])).toEqual({
      rate: 200,
      chunk: 4,
      events: 2000,
      seed: 1,
      speed: 1,
      source: 'relay',
      recording: undefined,
      layout: undefined,
    })
  })

  it('takes what is asked for', () => {
    const body = { rate: 0.5 + 1, chunk: 1, events: 8, seed: 0, source: 'redis', recording: 'a' }
    expect(readRunRequest(body, ['a'])).toMatchObject(body)
  })

  it.each([
    [{ rate: 0 }, 'rate must be a number from 1 to 10000, got 0'],
    [{ rate: '200' }, 'rate must be a number from 1 to 10000, got "200"'],
    [{ rate: Number.NaN }, 'rate must be a number from 1 to 10000, got null'],
    [{ chunk: 1001 }, 'chunk must be a number from 1 to 1000, got 1001'],
    [{ events: 8.5 }, 'events must be a whole number, got 8.5'],
    [{ source: 'worker' }, 'source must be one of relay, redis, got "worker"'],
    [{ recording: '../x' }, 'recording must be one of a, got "../x"'],
    [{ speed: [] }, 'speed must be a number from 0.1 to 100, got []'],
    [{ rates: 1 }, 'there is no field "rates"; fields are rate, chunk'],
    [{ events: 200_000, chunk: 1000 }, `at most ${MAX_RUN_CHARACTERS} characters`],
  ])('teaches what would be right instead of %o', (body, message) => {
    expect(() => readRunRequest(body, ['a'])).toThrow(HttpError)
    expect(() => readRunRequest(body, ['a'])).toThrow(message)
  })
})
