// Elements that index.html promises.

/**
 * The element that `selector` names.
 * @throws Error when the page has none
 */
export function find<Kind extends HTMLElement = HTMLElement>(
  selector: string,
  within: ParentNode = document,
): Kind {
  const found = within.querySelector<Kind>(selector)
  if (found === null) throw new Error(`expected an element ${selector} in index.html, found none`)
  return found
}
