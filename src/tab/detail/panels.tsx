import type { SpanDetail } from '../../http/schemas/trace.ts'
import { Attributes } from './attributes.tsx'
import { Events } from './events.tsx'
import { Links } from './links.tsx'
import type { TabName } from './pane-tabs.tsx'
import { Raw } from './raw.tsx'

/** The parts of a span's detail that are looked at more rarely than what went in and out. */
export function Panel({ tab, span }: { tab: Exclude<TabName, 'content'>; span: SpanDetail }) {
  switch (tab) {
    case 'attributes':
      return <Attributes span={span} />
    case 'events':
      return <Events span={span} />
    case 'links':
      return <Links span={span} />
    case 'raw':
      return <Raw span={span} />
  }
}
