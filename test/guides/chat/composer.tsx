import { useState } from 'react'

interface ComposerProps {
  readonly disabled: boolean
  readonly onSay: (text: string) => void
}

export function Composer({ disabled, onSay }: ComposerProps) {
  const [text, setText] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSay(text)
        setText('')
      }}
    >
      <input value={text} onChange={(event) => setText(event.target.value)} />
      <button disabled={disabled || text.trim() === ''}>Send</button>
    </form>
  )
}
