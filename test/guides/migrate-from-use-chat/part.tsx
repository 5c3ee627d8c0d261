import type { MessagePart } from 'framewise'

export function Part({ part }: { readonly part: MessagePart }) {
  switch (part.type) {
    case 'text':
      return <p>{part.text}</p>
    case 'reasoning':
      return <details>{part.text}</details>
    case 'tool-call':
      return <code aria-busy={part.state === 'streaming'}>{`${part.name}(${part.args})`}</code>
    case 'tool-result':
      return <samp>{part.content}</samp>
    case 'data':
      return null // `name` is the chunk's type, say `data-weather` or `source-url`; `value` the whole chunk
    default:
      return part satisfies never
  }
}
