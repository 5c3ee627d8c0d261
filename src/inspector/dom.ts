// A few words for making elements. Text is only ever set as text, and only where it changed.

/** An element with this class, and these children or words. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  element.append(...children)
  return element
}

/** An SVG element with these attributes. */
export function draw<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

/** A button that does something, and says what to those who cannot see it. */
export function button(label: string, onClick: () => void): HTMLButtonElement {
  const element = make('button', '', label)
  element.type = 'button'
  element.addEventListener('click', onClick)
  return element
}

/** Sets words; the DOM is left alone where they are the same. */
export function say(element: Element, words: string): void {
  if (element.textContent !== words) element.textContent = words
}

/** One line for each of these, in elements that are kept. */
export function sayLines(list: HTMLElement, lines: readonly string[]): void {
  while (list.children.length > lines.length) list.lastElementChild?.remove()
  while (list.children.length < lines.length) list.append(make('li', ''))
  lines.forEach((line, index) => {
    const item = list.children[index]
    if (item !== undefined) say(item, line)
  })
  list.hidden = lines.length === 0
}
