/** Outlines on a 16 × 16 grid, drawn with the text's colour. */
const outlines = {
  link: 'M6.5 9.5 9.5 6.5M5 8 3.6 9.4a2.1 2.1 0 0 0 3 3L8 11M8 5l1.4-1.4a2.1 2.1 0 0 1 3 3L11 8',
  bot: 'M4 6.5h8a1.5 1.5 0 0 1 1.5 1.5v3.5A1.5 1.5 0 0 1 12 13H4a1.5 1.5 0 0 1-1.5-1.5V8A1.5 1.5 0 0 1 4 6.5ZM8 6.5V3.5M6 9.3v1M10 9.3v1',
  bolt: 'M9 2 3.5 9H8l-1 5 5.5-7H8z',
  wrench:
    'M13.2 4.6a3.3 3.3 0 0 1-4.4 4.2l-4 4a1.2 1.2 0 0 1-1.7-1.7l4-4A3.3 3.3 0 0 1 11.4 2.8L9.6 4.6l.3 1.5 1.5.3z',
  lens: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 13.5 13.5',
  dots: 'M4 4.5h.01M8 4.5h.01M12 4.5h.01M4 8h.01M8 8h.01M12 8h.01M4 11.5h.01M8 11.5h.01M12 11.5h.01',
  shield: 'M8 2 13 4v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4z',
  circle: 'M8 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z',
  right: 'M6 3.5 10.5 8 6 12.5',
  left: 'M10 3.5 5.5 8 10 12.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  up: 'M3.5 10 8 5.5 12.5 10',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M6 5.5h6.5v7.5H6zM3.5 10.5v-8h6.5',
  check: 'M3 8.5 6.5 12 13 4.5',
  alert: 'M8 2.5 14 13H2zM8 6.5v3M8 11.3v.01',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z',
  auto: 'M8 13.5a5.5 5.5 0 1 0 0-11zM8 2.5a5.5 5.5 0 0 0 0 11',
  keyboard: 'M2 4.5h12v7.5H2zM4.5 7h.01M7 7h.01M9.5 7h.01M11.7 7h.01M5 9.7h6',
  external: 'M9 3h4v4M13 3 7.5 8.5M6.5 4H3v9h9V9.5',
  download: 'M8 2.5v7.5M4.7 7 8 10.3 11.3 7M3 13.2h10',
  file: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
  expand: 'M4.5 6 8 2.5 11.5 6M4.5 10 8 13.5 11.5 10',
  collapse: 'M4.5 2.5 8 6l3.5-3.5M4.5 13.5 8 10l3.5 3.5',
  fit: 'M2.5 3v10M13.5 3v10M5 8h6M6.5 6 4.7 8l1.8 2M9.5 6l1.8 2-1.8 2',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.7h-2.7',
  clock: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 5v3.3l2.2 1.3',
  stop: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM5.5 8h5',
  offline: 'M2.5 2.5l11 11M3 8a7 7 0 0 1 2.5-1.7M8 5.5A7 7 0 0 1 13 8M5.5 10.3a3.6 3.6 0 0 1 2-.8M8 12.7v.01',
  empty: 'M2.5 9.5 4.5 3.5h7l2 6v3.5h-11zM2.5 9.5h3.3l.7 1.5h3l.7-1.5h3.3',
  route:
    'M4 12.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM12 6.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM5.5 11h3a2 2 0 0 0 2-2V6.2',
  menu: 'M3.8 8h.4M7.8 8h.4M11.8 8h.4',
  below: 'M2.5 3.5h11v9h-11zM2.5 8.5h11',
  beside: 'M2.5 3.5h11v9h-11zM9 3.5v9',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  eye: 'M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4ZM8 9.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4Z',
  info: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 7.3v3.5M8 5.3v.01',
} as const

export type IconName = keyof typeof outlines

/** A decorative glyph: what it means is always said in text beside it. */
export function Icon({
  name,
  size = 16,
  class: className = '',
}: {
  name: IconName
  size?: number
  class?: string
}) {
  return (
    <svg class={`icon ${className}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={outlines[name]} />
    </svg>
  )
}
