# An agent of pydantic-ai with a tool and structured output, exporting over http/protobuf.
import asyncio
import os
import warnings

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic_ai import Agent
from pydantic_ai.capabilities import Instrumentation
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

warnings.simplefilter('ignore')
provider = TracerProvider(resource=Resource.create({'service.name': 'pydantic'}))
exporter = OTLPSpanExporter(
    endpoint=os.environ['SERVICE_URL'] + '/v1/traces',
    headers={'authorization': 'Bearer ' + os.environ['SERVICE_TOKEN']},
)
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer('workflow')
model = OpenAIChatModel(
    'gpt-4o-mini', provider=OpenAIProvider(base_url=os.environ['CHAT_URL'], api_key='none')
)


async def run(execution: str, **settings) -> None:
    instrument = InstrumentationSettings(tracer_provider=provider, **settings)
    agent = Agent(model, name='weather_agent', instructions='You are terse.', capabilities=[Instrumentation(instrument)])

    @agent.tool_plain
    def get_weather(city: str) -> dict:
        """The weather in a city."""
        return {'degrees': 18}

    attributes = {'workflow.execution.id': execution, 'workflow.id': 'emitters'}
    with tracer.start_as_current_span('workflow.run', attributes=attributes):
        await agent.run('What is the weather in Paris?', conversation_id='talk-1')


async def main() -> None:
    for version in (2, 3, 4, 5, 6):
        await run(f'pydantic-{version}', version=version)
    await run('pydantic-repeating', version=5, use_aggregated_usage_attribute_names=False)
    await run('pydantic-silent', version=5, include_content=False)


asyncio.run(main())
provider.force_flush()
provider.shutdown()
