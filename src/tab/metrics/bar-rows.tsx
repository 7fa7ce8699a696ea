import type { ComponentChildren } from 'preact'

/** A part of a bar: its colour by name, and how much. */
export interface Part {
  tone: 'input' | 'cached' | 'output' | 'cost' | 'time'
  value: number
}

export interface BarRow {
  key: string
  label: ComponentChildren
  parts: Part[]
  /** What the whole bar says at its end. */
  value: string
}

/** Bars from left to right on one scale, each with its name above it and its value beside it. */
export function BarRows({ rows }: { rows: BarRow[] }) {
  const most = Math.max(1e-12, ...rows.map((row) => sum(row.parts)))
  return (
    <div class="bar-rows">
      {rows.map((row) => (
        <div key={row.key} class="bar-row">
          <span class="bar-label">{row.label}</span>
          <span class="bar-track">
            {row.parts.map((part) => (
              <span
                key={part.tone}
                class={`bar-part tone-${part.tone}`}
                style={{ width: `${(part.value / most) * 100}%` }}
              />
            ))}
          </span>
          <span class="bar-value num">{row.value}</span>
        </div>
      ))}
    </div>
  )
}

function sum(parts: Part[]): number {
  return parts.reduce((total, part) => total + part.value, 0)
}

/** Which colour is what. */
export function Legend({ tones }: { tones: [Part['tone'], string][] }) {
  return (
    <p class="legend">
      {tones.map(([tone, label]) => (
        <span key={tone}>
          <span class={`legend-mark tone-${tone}`} />
          {label}
        </span>
      ))}
    </p>
  )
}
