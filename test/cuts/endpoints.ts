// The endpoints that a cut stream is read on at: the relay, and doubles of those that people have without it.
// Each is a log of payloads, and what a connection gets that comes back after a cursor.
import type { Protocol } from '../../src/index.ts'
import { agUi, suna } from '../../src/protocols/index.ts'

/** One endpoint with a run that has ended. */
export interface Endpoint {
  readonly name: string
  readonly protocol: Protocol
  /** Producer's events that a reader must be told of, each once. */
  readonly events: number
  /**
   * What one connection is sent, to its end. `connection` counts from 0: what is no part of the log may differ.
   * @param url and header as the client asked
   */
  readonly serve: (request: { after: string | null; url: string; connection: number }) => string
}

const TEXTS = ['Grüße', ', 漢字', ' und ', '🎉🎉', '\n\n', '**fett** ', 'naïve ', 'ﬁn']

const agUiPayloads: readonly string[] = [
  { type: 'RUN_STARTED', threadId: 't', runId: 'r1' },
  { type: 'TEXT_MESSAGE_START', messageId: 'm1', role: 'assistant' },
  ...TEXTS.map((delta) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta })),
  { type: 'TOOL_CALL_START', toolCallId: 'k1', toolCallName: 'suche', parentMessageId: 'm1' },
  { type: 'TOOL_CALL_ARGS', toolCallId: 'k1', delta: '{"q":"漢' },
  { type: 'TOOL_CALL_ARGS', toolCallId: 'k1', delta: '字"}' },
  { type: 'TOOL_CALL_END', toolCallId: 'k1' },
  { type: 'TEXT_MESSAGE_CHUNK', messageId: 'm2', delta: 'Ende 🏁' },
  { type: 'TEXT_MESSAGE_CHUNK', delta: '!' },
  { type: 'RUN_FINISHED', threadId: 't', runId: 'r1' },
].map((event) => JSON.stringify(event))

function sunaRow(type: string, content: object, metadata: object, rest: object = {}): object {
  return { type, content: JSON.stringify(content), metadata: JSON.stringify(metadata), ...rest }
}

const sunaRows: readonly object[] = [
  sunaRow('status', { status_type: 'thread_run_start' }, { thread_run_id: 'r1' }),
  ...TEXTS.slice(0, 5).map((content, sequence) =>
    sunaRow(
      'assistant',
      { role: 'assistant', content },
      { stream_status: 'chunk', thread_run_id: 'r1' },
      { sequence },
    ),
  ),
  sunaRow(
    'status',
    {
      status_type: 'tool_call_chunk',
      tool_call_chunk: {
        id: 'k1',
        index: 0,
        function: { name: 'suche', arguments: '{"q":"漢字"}' },
      },
    },
    { thread_run_id: 'r1' },
  ),
  sunaRow('assistant', { content: 'Zweiter ' }, { stream_status: 'chunk', thread_run_id: 'r2' }),
  sunaRow('assistant', { content: 'Zug 🎉' }, { stream_status: 'chunk', thread_run_id: 'r2' }),
  { type: 'status', status: 'completed' },
]

const lines = (payload: string): string => `data: ${payload}\n\n`
const relayed = (event: string, payload: object): string =>
  `event: relay.${event}\n${lines(JSON.stringify(payload))}`

/** The relay's wire over any payloads. */
function relay(
  name: string,
  protocol: Protocol,
  payloads: readonly string[],
  events: number,
): Endpoint {
  const idOf = (index: number): string => `L-7-${index}-ab`
  return {
    name,
    protocol,
    events,
    serve({ after }) {
      const from = after === null ? 0 : Number(after.split('-')[2]) + 1
      const rest = payloads
        .map((payload, index) => `id: ${idOf(index)}\n${lines(payload)}`)
        .slice(from)
      return [
        relayed('hello', { version: 1, stream: 's', heartbeatMs: 15_000 }),
        ': beat\n\n',
        ...rest,
        relayed('caught-up', { cursor: idOf(payloads.length - 1) }),
        relayed('end', { reason: 'completed' }),
      ].join('')
    },
  }
}

const texts = sunaRows.map((row) => JSON.stringify(row))

/** The endpoints without the relay, with the protocol that reads each. */
export const OWN_ENDPOINTS: readonly Endpoint[] = [
  {
    // Replays from index 0 whatever it is asked, with pings wherever they fall.
    name: 'Suna’s own list endpoint',
    protocol: suna(),
    events: texts.length,
    serve: ({ connection }) =>
      texts
        .map((payload, index) =>
          index % 3 === connection % 3
            ? lines('{"type": "ping"}') + lines(payload)
            : lines(payload),
        )
        .join(''),
  },
  {
    // Writes the log's id into the payload, and goes on after `?last_id=`; no `Last-Event-ID`.
    name: 'Suna’s own stream endpoint',
    protocol: suna({ endpoint: 'own' }),
    events: texts.length,
    serve({ url }) {
      const after = new URL(url, 'http://localhost').searchParams.get('last_id')
      const from = after === null ? 0 : Number(after.split('-')[0]) - 99
      return sunaRows
        .map((row, index) => lines(JSON.stringify({ ...row, _event_id: `${100 + index}-0` })))
        .slice(from)
        .join('')
    },
  },
]

/** The relay's endpoints. */
export const RELAYED: readonly Endpoint[] = [
  relay('AG-UI behind the relay', agUi, agUiPayloads, agUiPayloads.length),
  relay('Suna behind the relay', suna(), texts, texts.length),
]

/** Few bytes, for what is tried with every pair of them. */
export const SHORT: Endpoint = relay(
  'a short run behind the relay',
  agUi,
  [
    { type: 'TEXT_MESSAGE_CHUNK', messageId: 'm', delta: '漢' },
    { type: 'TEXT_MESSAGE_CHUNK', delta: '🎉' },
    { type: 'RUN_FINISHED' },
  ].map((event) => JSON.stringify(event)),
  3,
)
