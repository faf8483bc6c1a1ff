// Builds elements without parsing any markup, so that no text of a paper can
// become one.

export type Child = Node | string | undefined | null | false
type Value = string | number | boolean | undefined | ((event: Event) => void)

/** Attributes by name; names that begin with "on" and hold a function are
 * listeners; true is an attribute without a value, false and undefined none. */
export type Attributes = Readonly<Record<string, Value>>

function fill(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children.filter((c): c is Node | string => c !== undefined && c !== null && c !== false))
}

/** Makes an element. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  fill(element, attributes, children)
  return element
}

const SVG = 'http://www.w3.org/2000/svg'

/** Makes an element of a drawing. */
export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag)
  fill(element, attributes, children)
  return element
}
