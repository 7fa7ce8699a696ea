# OpenTelemetry's Python SDK: spans, events, links and an exception, by HTTP or gRPC.
import os

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

headers = {'authorization': 'Bearer ' + os.environ['SERVICE_TOKEN']}
if os.environ['PROTOCOL'] == 'grpc':
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    exporter = OTLPSpanExporter(endpoint=os.environ['SERVICE_URL'], headers=headers, insecure=True)
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import Compression, OTLPSpanExporter

    exporter = OTLPSpanExporter(
        endpoint=os.environ['SERVICE_URL'] + '/v1/traces', headers=headers, compression=Compression.Gzip
    )

provider = TracerProvider(resource=Resource.create({'service.name': 'python-runner'}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer('runner', '1.2.3', attributes={'team': 'ops'})

root = tracer.start_span(
    'nightly',
    attributes={'workflow.execution.id': os.environ['EXECUTION_ID'], 'workflow.id': 'emitters'},
)
with tracer.start_as_current_span('earlier') as earlier:
    pass
from opentelemetry import trace

with trace.use_span(root, end_on_exit=True):
    with tracer.start_as_current_span('fetch', kind=SpanKind.CLIENT) as fetch:
        fetch.set_attributes(
            {
                'http.request.method': 'GET',
                'url.full': 'http://api.example.com/orders/7?q=1',
                'http.response.status_code': 503,
                'sizes': [1, 2, 3],
                'ratio': 0.1,
                'big': 2**62,
                'ok': False,
            }
        )
        fetch.set_status(Status(StatusCode.ERROR))
    with tracer.start_as_current_span(
        'think', links=[Link(earlier.get_span_context(), {'why': 'resumes'})]
    ) as think:
        think.add_event('progress', {'step': 1, 'note': 'half way – ½'})
        think.set_attributes(
            {
                'gen_ai.operation.name': 'chat',
                'gen_ai.provider.name': 'anthropic',
                'gen_ai.request.model': 'claude-sonnet-4-0',
                'gen_ai.usage.input_tokens': 100,
                'gen_ai.usage.output_tokens': 20,
                'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"Hello"}]}]',
            }
        )
    try:
        with tracer.start_as_current_span('store'):
            with tracer.start_as_current_span('write'):
                raise ValueError('disk full')
    except ValueError:
        pass
provider.force_flush()
provider.shutdown()
