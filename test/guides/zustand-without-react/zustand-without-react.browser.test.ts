// The guide's code in a real page: what it shows, and how little it touches.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createAgentStream } from 'framewise'
import { fakeTransport } from 'framewise/testing'
import { app, followAgent } from './app-store.ts'
import { openChat } from './chat.ts'
import { showMessages } from './messages.ts'
import { readable } from './readable.ts'

const delta = (text: string, messageId = 'm1'): object => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId,
  delta: text,
})
const finished = { type: 'RUN_FINISHED', threadId: 't', runId: 'r' }

const make = <Name extends 'div' | 'button'>(name: Name) =>
  document.body.appendChild(document.createElement(name))
const elements = () => ({ list: make('div'), status: make('div'), stop: make('button') })
let page = elements()
beforeEach(() => (page = elements()))
afterEach(() => document.body.replaceChildren())

const connected = ({ connected }: { readonly connected: boolean }): void =>
  expect(connected).toBe(true)
const texts = (): string[] => [...page.list.children].map(({ textContent }) => textContent)

it('shows a chat from its first event to its end', async () => {
  const transport = fakeTransport()
  const close = openChat({ transport }, page)
  expect([page.status.textContent, page.stop.disabled]).toEqual(['idle', true])
  await vi.waitFor(() => connected(transport))
  transport.send(delta('Hel'), delta('lo'), delta('Bye', 'm2'))
  await vi.waitFor(() => expect(texts()).toEqual(['Hello', 'Bye']))
  expect([page.status.textContent, page.stop.disabled]).toEqual(['streaming', false])
  transport.send(finished)
  await vi.waitFor(() => expect(page.status.textContent).toBe('finished'))
  close()
})

it('stops by its button', async () => {
  const transport = fakeTransport()
  const close = openChat({ transport }, page)
  await vi.waitFor(() => connected(transport))
  transport.send(delta('Hello'))
  await vi.waitFor(() => expect(page.stop.disabled).toBe(false))
  page.stop.click()
  expect([page.status.textContent, page.stop.disabled]).toEqual(['stopped', true])
  await vi.waitFor(() => expect(transport.connected).toBe(false))
  close()
})

it('touches only the message that changed', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  showMessages(stream, page.list)
  stream.connect()
  await vi.waitFor(() => connected(transport))
  transport.send(delta('one'), delta('two', 'm2'))
  await vi.waitFor(() => expect(texts()).toEqual(['one', 'two']))
  const [first, second] = page.list.children
  const touched = vi.fn<MutationCallback>()
  if (first !== undefined)
    new MutationObserver(touched).observe(first, { attributes: true, childList: true })
  transport.send(delta('!', 'm2'))
  await vi.waitFor(() => expect(texts()).toEqual(['one', 'two!']))
  expect(touched).not.toHaveBeenCalled()
  expect(page.list.lastElementChild).toBe(second)
  stream.close()
})

it('keeps the order when a message is replaced by its final shape, and drops what is gone', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  showMessages(stream, page.list)
  stream.connect()
  await vi.waitFor(() => connected(transport))
  transport.send(delta('one'), delta('two', 'm2'))
  await vi.waitFor(() => expect(texts()).toEqual(['one', 'two']))
  const message = (id: string, content: string) => ({ id, role: 'assistant', content })
  transport.send({
    type: 'MESSAGES_SNAPSHOT',
    messages: [message('m3', 'new'), message('m1', 'one')],
  })
  await vi.waitFor(() => expect(texts()).toEqual(['new', 'one']))
  stream.close()
})

it('keeps the application informed, and Svelte at once', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  const seen: string[] = []
  const ends = [followAgent(stream), readable(stream).subscribe(({ status }) => seen.push(status))]
  expect(seen).toEqual(['idle'])
  stream.connect()
  await vi.waitFor(() => connected(transport))
  transport.send(delta('Hello'))
  await vi.waitFor(() => expect(app.getState().agentIsBusy).toBe(true))
  transport.send(finished)
  await vi.waitFor(() => expect(app.getState().agentIsBusy).toBe(false))
  expect(seen.at(-1)).toBe('finished')
  ends.forEach((end) => end())
  stream.close()
})
