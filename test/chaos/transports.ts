// The two transports by hand: node:http and `ws`.
import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { SILENCE_MS } from './viewer.ts'
import type { Connect, Connection } from './viewer.ts'

/** Reads `GET /v1/streams/{id}/events`. */
export function sseConnect(port: number, id: string): Connect {
  return (after, connection) =>
    new Promise((resolve) => {
      const { signal } = connection
      const headers = after === null ? {} : { 'last-event-id': after }
      const path = `/v1/streams/${id}/events`
      const request = get({ host: '127.0.0.1', port, path, headers, agent: false, signal })
      request.setTimeout(SILENCE_MS, () => request.destroy())
      request.on('error', () => {}) // `close` follows
      request.on('close', resolve)
      request.on('response', (response) => {
        const { statusCode = 0 } = response
        request.off('close', resolve) // what was received may still be read
        response.on('error', () => {})
        response.on('close', resolve)
        if (statusCode === 204) connection.end()
        else if (statusCode === 503) return response.destroy()
        else if (statusCode !== 200) connection.refuse(`status ${statusCode}`)
        response.setEncoding('utf8').on('data', (text: string) => {
          connection.feed(text)
          if (connection.isTimeToRest()) dawdle(response)
        })
      })
    })
}

/** Subscribes on `WS /v1/ws`, on a socket of its own. */
export function webSocketConnect(port: number, id: string): Connect {
  return (after, connection) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, 'framewise.v1')
      const leave = (): void => socket.terminate()
      const silence = setTimeout(leave, SILENCE_MS)
      connection.signal.addEventListener('abort', leave)
      socket.on('error', () => {}) // `close` follows
      socket.on('close', () => {
        clearTimeout(silence)
        connection.signal.removeEventListener('abort', leave)
        resolve()
      })
      socket.on('open', () => {
        socket.send(JSON.stringify({ op: 'subscribe', stream: id, after: after ?? undefined }))
      })
      socket.on('message', (data) => {
        silence.refresh()
        feedMessage(String(data), id, connection)
        if (connection.isTimeToRest()) dawdle(socket)
      })
      if (connection.signal.aborted) leave()
    })
}

function feedMessage(message: string, id: string, connection: Connection): void {
  const at = message.indexOf('\n')
  const head = message.slice(0, at)
  if (head !== JSON.stringify({ stream: id })) connection.refuse(`a message for ${head}`)
  connection.feed(message.slice(at + 1))
}

function dawdle(source: { pause(): unknown; resume(): unknown }): void {
  source.pause()
  void pause(100).then(() => source.resume())
}
