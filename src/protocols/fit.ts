// Which protocol a payload looks like, for the error that says that the chosen one does not fit.
// A guess from the outside of one payload, and not a decoder: it has to be small.

/** A protocol of this package, as it is written in code. */
export type ProtocolCall = 'agUi' | 'suna()' | 'aiSdk()' | 'openAi()' | 'text()' | 'json()'

/** The protocol that this payload looks like, or null when it looks like none. */
export function fittingProtocol(data: string): ProtocolCall | null {
  if (data === '[DONE]') return 'openAi()'
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? fittingObject(value) : 'text()'
  } catch {
    return data.trim() === '' || /^[[{]/.test(data) ? null : 'text()'
  }
}

function fittingObject(value: object): ProtocolCall {
  const type = 'type' in value ? String(value.type) : ''
  if (/^[A-Z]+(_[A-Z]+)*$/.test(type)) return 'agUi'
  if ('choices' in value || type.startsWith('response.')) return 'openAi()'
  if ('metadata' in value || 'status' in value || type === 'ping') return 'suna()'
  return /^(start|finish|abort)(-|$)|^(text|reasoning|tool|data|source)-/.test(type)
    ? 'aiSdk()'
    : 'json()'
}
