"""Spans by OpenTelemetry's own Python SDK, as fast as it likes; prints the id of each span that it says it exported."""

import sys
import time

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as OverGrpc
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as OverHttp
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

http_url, grpc_url, authorization, seconds = sys.argv[1:5]


class Telling(SpanExporter):
    def __init__(self, inner):
        self.inner = inner

    def export(self, spans):
        result = self.inner.export(spans)
        if result is SpanExportResult.SUCCESS:
            for span in spans:
                print(format(span.context.span_id, "016x"), flush=False)
            sys.stdout.flush()
        return result

    def shutdown(self):
        self.inner.shutdown()


def provider(inner):
    made = TracerProvider(resource=Resource.create({"service.name": "python"}))
    made.add_span_processor(BatchSpanProcessor(Telling(inner), schedule_delay_millis=200))
    return made


headers = {"authorization": authorization}
providers = [
    provider(OverHttp(endpoint=f"{http_url}/v1/traces", headers=headers)),
    provider(OverGrpc(endpoint=grpc_url, headers=tuple(headers.items()), insecure=True)),
]
until = time.monotonic() + float(seconds)
while time.monotonic() < until:
    for one in providers:
        tracer = one.get_tracer("fault")
        with tracer.start_as_current_span("run"):
            with tracer.start_as_current_span("step"):
                time.sleep(0.005)
for one in providers:
    one.force_flush(20_000)
    one.shutdown()
