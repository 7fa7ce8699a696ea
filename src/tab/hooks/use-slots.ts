import { useRef } from 'preact/hooks'

/** Slots are added in steps, so that a window that grows a little keeps its elements. */
const STEP = 16

/**
 * Names for the elements of a window of rows: an element that leaves at one end shows the row that comes in at
 * the other, and a jump gives every element another row. So scrolling makes and removes no elements. The row
 * that has the focus keeps its element wherever it goes: a lost element is a lost focus.
 */
export function useSlots(from: number, to: number, focus: { place: number; key: string | undefined }) {
  const kept = useRef({ size: STEP, from: 0, to: 0, shift: 0, focus: '' as string | undefined, pinned: 0 })
  const slots = kept.current
  slots.size = Math.max(slots.size, Math.ceil((to - from) / STEP) * STEP)
  if (from >= slots.to || to <= slots.from) slots.shift += slots.from - from
  slots.from = from
  slots.to = to
  const { size } = slots
  const slotOf = (place: number) => (((place + slots.shift) % size) + size) % size
  if (slots.focus !== focus.key) {
    slots.focus = focus.key
    slots.pinned = slotOf(focus.place)
  }
  return (place: number): string => {
    if (place === focus.place) return String(slots.pinned)
    const slot = slotOf(place)
    return slot === slots.pinned ? `${slot}+` : String(slot)
  }
}
