// What the pages of the socket tests have at hand, as one script.
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { createAgentStream, webSocket } from 'framewise'
import type { AgentStreamOptions } from 'framewise'
import { useAgentStream } from 'framewise/react'
import { browserClock } from '../../src/frame/browser-clock.ts'

/** Puts a chat onto the page: a paragraph for each message, and how the run stands. */
function showChat(options: AgentStreamOptions): void {
  const Chat = () => {
    const { messages, status } = useAgentStream(options)
    const paragraphs = messages.map(({ id, text }) => createElement('p', { key: id }, text))
    return createElement('main', { 'data-status': status }, paragraphs)
  }
  createRoot(document.body).render(createElement(Chat))
}

/** The script's names, on the page's global object. */
export const atHand = { createAgentStream, webSocket, browserClock, showChat }

Object.assign(globalThis, atHand)
