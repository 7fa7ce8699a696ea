import type { SpanDetail } from '../../http/schemas/trace.ts'
import { useCopy } from '../hooks/use-copy.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { JsonView } from './json-view.tsx'

/** The answer of the service as it came. */
export function Raw({ span }: { span: SpanDetail }) {
  const { copied, copy } = useCopy()
  return (
    <div class="raw">
      <button type="button" class="button small" onClick={() => copy(JSON.stringify(span, null, 2))}>
        <Icon name={copied ? 'check' : 'copy'} size={14} />
        {copied ? strings.copied : strings.copyRaw}
      </button>
      <JsonView value={span} />
    </div>
  )
}
