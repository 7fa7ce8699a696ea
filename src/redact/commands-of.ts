/** Which commands an option may belong to: those that were named since the last command ended. */

/** A command's name in a text: [from, end). */
export interface Named {
  name: string
  end: number
}

/** Farthest that an option stands behind its command, and the most commands that are kept in mind. */
const FARTHEST = 4096
const MOST = 8

/** Where one command ends and the next one begins: `\n` that is not continued, as it is or escaped. */
const SEPARATOR = '&&|\\|\\||[ \\t][|&][ \\t]|;[ \\t]|(?<!\\\\)\\r?\\n|(?<!\\\\)\\\\n'

/** Goes over a text once, however many options are asked for; they have to be asked for in order. */
export class CommandsOf {
  readonly #text: string
  readonly #next: RegExp
  /** What comes next; null = not looked for yet. */
  #found: RegExpExecArray | 'end' | null = null
  #open: Named[] = []

  /** @param names a pattern of the commands' names; what ends a name is a part of it. */
  constructor(text: string, names: string) {
    this.#text = text
    this.#next = new RegExp(
      `${SEPARATOR}|(?<=(?:^|[^\\w.-]|\\\\[nrt]))(?:${names})(?:\\.exe)?(?=[\\s"'\\\\])`,
      'g',
    )
  }

  /** The commands that are open at an offset, the nearest first. */
  at(offset: number): readonly Named[] {
    for (;;) {
      // What was found behind an earlier offset is not looked for again.
      this.#found ??= this.#next.exec(this.#text) ?? 'end'
      if (this.#found === 'end' || this.#found.index >= offset) break
      const { 0: name, index } = this.#found
      this.#found = null
      if (!/^[a-z\d]/i.test(name)) this.#open = []
      else if (this.#open.unshift({ name, end: index + name.length }) > MOST) this.#open.pop()
    }
    return this.#open.filter(({ end }) => offset - end <= FARTHEST)
  }
}
