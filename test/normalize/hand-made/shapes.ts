import { json, made } from './set.ts'

const lcTool = {
  lc: 1,
  type: 'constructor',
  id: ['langchain_core', 'messages', 'ToolMessage'],
  kwargs: { content: '18', tool_call_id: 'c1', name: 'f' },
}

/** OpenInference, LangGraph, Vercel, Orcheo, MCP, downstream calls, and what nobody knows. */
export const shapes = {
  openinference: made(
    {
      scope: 'openinference.instrumentation.openai',
      resource: { 'service.name': 'oi', 'openinference.project.name': 'p' },
    },
    [
      [
        1,
        0,
        'rag',
        {
          'openinference.span.kind': 'CHAIN',
          'session.id': 's-1',
          'user.id': 'u-1',
          metadata: json({ workflow_execution_id: 'ex-oi' }),
          'input.value': 'Where is Paris?',
          'output.value': 'France',
        },
      ],
      [
        2,
        1,
        'retrieve',
        {
          'openinference.span.kind': 'RETRIEVER',
          'input.value': 'Paris',
          'retrieval.documents.0.document.id': 'd1',
          'retrieval.documents.0.document.content': 'Paris is in France',
          'retrieval.documents.0.document.score': 0.9,
          'retrieval.documents.0.document.metadata': json({ page: 1 }),
        },
      ],
      [
        3,
        1,
        'rerank',
        {
          'openinference.span.kind': 'RERANKER',
          'reranker.query': 'Paris',
          'reranker.model_name': 'rerank-v3.5',
          'reranker.top_k': 1,
          'reranker.input_documents.0.document.content': 'a',
          'reranker.output_documents.0.document.content': 'a',
          'reranker.output_documents.0.document.score': 0.8,
        },
      ],
      [
        4,
        1,
        'embed',
        {
          'openinference.span.kind': 'EMBEDDING',
          'embedding.model_name': 'text-embedding-3-small',
          'embedding.embeddings.0.embedding.text': 'Paris',
          'embedding.embeddings.0.embedding.vector': [0.1, 0.2],
          'llm.token_count.prompt': 1,
          'llm.token_count.total': 1,
        },
      ],
      [
        5,
        1,
        'ask',
        {
          'openinference.span.kind': 'LLM',
          'llm.provider': 'azure',
          'llm.system': 'openai',
          'llm.model_name': 'gpt-4o',
          'llm.input_messages.0.message.role': 'user',
          'llm.input_messages.0.message.contents.0.message_content.type': 'text',
          'llm.input_messages.0.message.contents.0.message_content.text': 'Look',
          'llm.input_messages.0.message.contents.1.message_content.type': 'image',
          'llm.input_messages.0.message.contents.1.message_content.image.image.url':
            'data:image/png;base64,iVBORw0KGgo=',
          'llm.input_messages.1.message.role': 'assistant',
          'llm.input_messages.1.message.tool_calls.0.tool_call.id': 'c1',
          'llm.input_messages.1.message.tool_calls.0.tool_call.function.name': 'f',
          'llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments': '{"a":1}',
          'llm.input_messages.2.message.role': 'tool',
          'llm.input_messages.2.message.tool_call_id': 'c1',
          'llm.input_messages.2.message.content': '18',
          'llm.output_messages.0.message.role': 'assistant',
          'llm.output_messages.0.message.content': '__REDACTED__',
          'llm.token_count.prompt': 100,
          'llm.token_count.completion': 20,
          'llm.token_count.prompt_details.cache_read': 60,
          'llm.token_count.completion_details.reasoning': 5,
          'llm.cost.total': 0.00123,
          'llm.tools.0.tool.json_schema': json({ type: 'function', function: { name: 'f' } }),
          'llm.finish_reason': 'STOP',
        },
      ],
      [
        6,
        1,
        'old',
        {
          'openinference.span.kind': 'LLM',
          'llm.model_name': 'davinci',
          'llm.prompts.0.prompt.text': 'Once',
          'llm.choices.0.completion.text': 'upon',
        },
      ],
      [7, 1, 'guard', { 'openinference.span.kind': 'GUARDRAIL' }],
      [
        8,
        1,
        'f',
        {
          'openinference.span.kind': 'TOOL',
          'tool.name': 'f',
          'tool.parameters': json({ a: 1 }),
          'output.value': json(lcTool),
          'output.mime_type': 'application/json',
        },
      ],
    ],
  ),
  langgraph: made({ scope: 'openinference.instrumentation.langchain', resource: { 'service.name': 'lg' } }, [
    [
      1,
      0,
      'planner',
      {
        'openinference.span.kind': 'CHAIN',
        'session.id': 'th-1',
        metadata: json({ ls_integration: 'langgraph', thread_id: 'th-1', execution_id: 'ex-lg' }),
      },
    ],
    [
      2,
      1,
      'plan_agent',
      {
        'openinference.span.kind': 'AGENT',
        metadata: json({ langgraph_node: 'plan_agent', langgraph_step: 1, thread_id: 'th-1' }),
      },
    ],
    [
      3,
      2,
      'RunnableSequence',
      {
        'openinference.span.kind': 'CHAIN',
        metadata: json({ langgraph_node: 'plan_agent', langgraph_step: 1 }),
      },
    ],
    [
      4,
      1,
      'approve',
      {
        'openinference.span.kind': 'CHAIN',
        metadata: json({ langgraph_node: 'approve', langgraph_step: 2 }),
      },
      {
        statusCode: 2,
        statusMessage: `GraphInterrupt((Interrupt(value='ok?', id='1'),))Traceback (most recent call last):\n\n  File "a.py", line 1, in x\n\nlanggraph.errors.GraphInterrupt: (Interrupt(value='ok?', id='1'),)\n`,
        said: [
          {
            name: 'exception',
            attributes: {
              'exception.type': 'langgraph.errors.GraphInterrupt',
              'exception.message': "(Interrupt(value='ok?', id='1'),)",
            },
          },
        ],
      },
    ],
    [
      5,
      1,
      'broken',
      { 'openinference.span.kind': 'CHAIN', metadata: json({ langgraph_node: 'broken', langgraph_step: 3 }) },
      { statusCode: 2, statusMessage: 'boom\n\nTypeError: boom\n    at x (a.js:1:1)' },
    ],
  ]),
  vercel: made({ scope: 'ai', resource: { 'service.name': 'v' } }, [
    [
      1,
      0,
      'ai.streamText',
      {
        'ai.operationId': 'ai.streamText',
        'ai.telemetry.functionId': 'chat-route',
        'ai.model.id': 'claude-sonnet-4-0',
        'ai.model.provider': 'anthropic.messages',
        'ai.telemetry.metadata.sessionId': 's-1',
        'ai.telemetry.metadata.executionId': 'ex-v',
        'ai.prompt': json({ system: 'Be brief', prompt: 'Hi' }),
        'ai.usage.promptTokens': 12,
        'ai.usage.completionTokens': 4,
        'ai.response.text': 'Yo',
      },
    ],
    [
      2,
      1,
      'ai.streamText.doStream',
      {
        'ai.operationId': 'ai.streamText.doStream',
        'ai.model.id': 'claude-sonnet-4-0',
        'ai.model.provider': 'anthropic.messages',
        'gen_ai.system': 'anthropic.messages',
        'ai.prompt.messages': json([
          { role: 'system', content: 'Be brief' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Hi' },
              { type: 'image', image: { type: 'Buffer', data: [1, 2, 3] }, mimeType: 'image/png' },
            ],
          },
          {
            role: 'assistant',
            content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'f', args: { a: 1 } }],
          },
          {
            role: 'tool',
            content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'f', result: { r: 2 } }],
          },
        ]),
        'ai.prompt.tools': [json({ type: 'function', name: 'f' })],
        'ai.response.text': 'Yo',
        'ai.response.toolCalls': json([
          { toolCallType: 'function', toolCallId: 'c2', toolName: 'f', args: '{"a":2}' },
        ]),
        'ai.response.finishReason': 'tool-calls',
        'ai.response.providerMetadata': json({
          anthropic: { usage: { cache_read_input_tokens: 30, cache_creation_input_tokens: 1 } },
        }),
        'ai.usage.promptTokens': 12,
        'ai.usage.completionTokens': 4,
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.usage.output_tokens': 4,
        'ai.response.msToFirstChunk': 120,
      },
    ],
    [
      3,
      1,
      'ai.toolCall',
      {
        'ai.operationId': 'ai.toolCall',
        'ai.toolCall.name': 'f',
        'ai.toolCall.id': 'c2',
        'ai.toolCall.args': '{"a":2}',
        'ai.toolCall.result': '{"r":3}',
      },
    ],
    [
      4,
      0,
      'ai.embed',
      {
        'ai.operationId': 'ai.embed',
        'ai.value': '"Paris"',
        'ai.model.id': 'text-embedding-3-small',
        'ai.usage.tokens': 1,
      },
    ],
    [
      5,
      4,
      'ai.embed.doEmbed',
      {
        'ai.operationId': 'ai.embed.doEmbed',
        'ai.values': ['"Paris"'],
        'ai.embeddings': ['[0.1,0.2]'],
        'ai.model.id': 'text-embedding-3-small',
        'ai.model.provider': 'openai.embedding',
        'ai.usage.tokens': 1,
      },
    ],
    [
      6,
      0,
      'ai.generateObject',
      {
        'ai.operationId': 'ai.generateObject',
        'ai.prompt': json({ prompt: 'A city' }),
        'ai.response.object': json({ city: 'Paris' }),
        'ai.settings.context.executionId': 'ex-v7',
      },
    ],
  ]),
}
