// A server, as far as React can tell: no document. Renders a page and says what React had to say about it.
import type { ReactElement } from 'react'
import { renderToString } from 'react-dom/server'
import { Page, pageTransport } from './server-page.tsx'

/** What a server sends, and what it wrote to its log. */
export interface ServerReply {
  readonly html: string
  readonly complaints: readonly string[]
  /** Connections that it opened. */
  readonly connections: number
}

const complaints: string[] = []
const note = (...words: readonly unknown[]): void => void complaints.push(words.join(' '))
Object.assign(console, { error: note, warn: note })
const page: ReactElement = <Page />
const html = renderToString(page)
postMessage({ html, complaints, connections: pageTransport.opened.length } satisfies ServerReply)
