import type { SpanDetail } from '../../http/schemas/trace.ts'
import { strings } from '../strings.ts'
import { OpenIn } from '../views/open-in.tsx'
import { ArtifactList } from './artifact-list.tsx'
import { AttributeTable } from './attributes.tsx'

/** Artifacts, dashboards elsewhere, and links to other spans. */
export function Links({ span }: { span: SpanDetail }) {
  const { artifacts, links, dashboards } = span
  if (artifacts.length + links.length + dashboards.length === 0) return <p class="none">{strings.noLinks}</p>
  return (
    <div class="links">
      {artifacts.length > 0 ? (
        <section>
          <h4>{strings.artifacts}</h4>
          <ArtifactList artifacts={artifacts} />
        </section>
      ) : null}
      {dashboards.length > 0 ? (
        <section>
          <h4>{strings.dashboards}</h4>
          <OpenIn links={dashboards} />
        </section>
      ) : null}
      {links.length > 0 ? (
        <section>
          <h4>{strings.links}</h4>
          {links.map((link) => (
            <div key={`${link.trace_id}/${link.span_id}`} class="span-link">
              <code>
                {link.trace_id} / {link.span_id}
              </code>
              <AttributeTable entries={Object.entries(link.attributes)} />
            </div>
          ))}
        </section>
      ) : null}
    </div>
  )
}
