import { describe, expect, it } from 'vitest'
import { portMessages } from '../../../demo/feed/port-messages.ts'

const never = new AbortController().signal

const collect = async (messages: AsyncIterable<string>): Promise<string[]> => {
  const taken: string[] = []
  for await (const message of messages) taken.push(message)
  return taken
}

describe('portMessages', () => {
  it('gives what came before it was asked and after, in order, up to null', async () => {
    const { port1, port2 } = new MessageChannel()
    port2.postMessage('a')
    const all = collect(portMessages(port1, never, never))
    for (const message of ['b', 'c', null, 'after the end']) port2.postMessage(message)
    expect(await all).toEqual(['a', 'b', 'c'])
  })

  it('ends in peace when its reader aborts', async () => {
    const { port1, port2 } = new MessageChannel()
    const reader = new AbortController()
    const messages = portMessages(port1, reader.signal, never)
    port2.postMessage('a')
    expect(await messages.next()).toEqual({ done: false, value: 'a' })
    const next = messages.next()
    reader.abort()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it('throws the reason when the other side is gone, after what had come', async () => {
    const { port1, port2 } = new MessageChannel()
    const broken = new AbortController()
    const messages = portMessages(port1, never, broken.signal)
    port2.postMessage('a')
    expect(await messages.next()).toEqual({ done: false, value: 'a' })
    const next = messages.next()
    broken.abort(new Error('the Worker is gone'))
    await expect(next).rejects.toThrow('the Worker is gone')
  })
})
