// Which protocol a payload looks like, for the error that says that the chosen one does not fit.
// A guess from the outside of one payload, and not a decoder: it has to be small.

/** Name of a protocol of this package. */
export type ProtocolName = 'ag-ui' | 'suna' | 'ai-sdk' | 'open-ai' | 'text'

/** The protocol that this payload looks like, or null when it looks like none. */
export function fittingProtocol(data: string): ProtocolName | null {
  if (data === '[DONE]') return 'open-ai'
  if (/^[0-9a-f]:["[{]/.test(data)) return 'ai-sdk'
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return data.trim() === '' || /^[[{]/.test(data) ? null : 'text'
  }
  return typeof value === 'object' && value !== null ? fittingObject(value) : 'text'
}

function fittingObject(value: object): ProtocolName | null {
  const type = 'type' in value ? String(value.type) : ''
  if (/^[A-Z]+(_[A-Z]+)*$/.test(type)) return 'ag-ui'
  if ('choices' in value || type.startsWith('response.')) return 'open-ai'
  if ('metadata' in value || 'status' in value || type === 'ping') return 'suna'
  return /^(start|finish|abort)$|^(text|reasoning|tool|data|source|start|finish)-/.test(type)
    ? 'ai-sdk'
    : null
}
