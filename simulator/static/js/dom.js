// Building and finding elements. Text only ever goes in as text, never as HTML.

export const byId = (id) => document.getElementById(id);

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function clockText(seconds, withDate = false) {
  const shifted = new Date((seconds + 8 * 3600) * 1000).toISOString();
  return withDate ? `${shifted.slice(0, 10)} ${shifted.slice(11, 19)}` : shifted.slice(11, 16);
}
