import { json, made, message } from './set.ts'

const usage = { 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 4 }

/** Libraries that trace what a model is asked and answers. */
export const libraries = {
  litellm: made({ scope: 'litellm' }, [
    [
      1,
      0,
      'litellm_request',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4o-mini',
        'gen_ai.response.finish_reasons': json(['tool_calls']),
        'llm.user': 'u-9',
        ...usage,
        'gen_ai.cost.total_cost': 0.00001635,
        'gen_ai.input.messages': json([message('user', 'Weather?')]),
        'gen_ai.output.messages': json([{ role: 'assistant', parts: [], finish_reason: 'tool_calls' }]),
        'gen_ai.completion.0.function_call.name': 'look',
        'gen_ai.completion.0.function_call.arguments': json({ city: 'Paris' }),
      },
    ],
    [
      2,
      1,
      'raw_gen_ai_request',
      {
        'llm.openai.messages': "[{'role': 'user', 'content': 'Weather?'}]",
        'llm.openai.usage': "{'prompt_tokens': 12}",
      },
    ],
  ]),
  langfuse: made({ scope: 'langfuse-sdk', resource: { 'service.name': 'app' } }, [
    [
      1,
      0,
      'support',
      {
        'langfuse.observation.type': 'agent',
        'langfuse.trace.name': 'support-bot',
        'langfuse.trace.metadata': json({ execution_id: 'ex-lf', workflow_id: 'support' }),
        'session.id': 's-1',
        'user.id': 'u-1',
        'langfuse.observation.input': 'Help!',
      },
    ],
    [
      2,
      1,
      'answer',
      {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': '"gpt-4o"',
        'langfuse.observation.usage_details': json({
          input: 25,
          input_cached_tokens: 32,
          output: 13,
          output_reasoning_tokens: 4,
          total: 74,
        }),
        'langfuse.observation.cost_details': json({ input: 0.001, output: 0.0015, total: 0.0025 }),
        'langfuse.observation.completion_start_time': '"2026-11-22T10:00:00.000Z"',
        'langfuse.observation.input': json({ messages: [{ role: 'user', content: 'Help!' }] }),
        'langfuse.observation.output': json({ role: 'assistant', content: 'Sure' }),
      },
    ],
    [
      3,
      1,
      'lookup',
      {
        'langfuse.observation.type': 'tool',
        'langfuse.observation.level': 'ERROR',
        'langfuse.observation.status_message': 'no such order',
        'langfuse.observation.metadata.langgraph_node': 'lookup',
      },
    ],
    [
      4,
      1,
      'note',
      {
        'langfuse.observation.type': 'event',
        'langfuse.observation.level': 'WARNING',
        'langfuse.observation.status_message': 'slow',
      },
    ],
  ]),
  mlflow: made({ scope: 'mlflow', resource: { 'service.name': 'notebook' } }, [
    [
      1,
      0,
      'predict',
      {
        'mlflow.spanType': '"CHAIN"',
        'mlflow.traceRequestId': '"tr-1"',
        'mlflow.spanInputs': json({ question: 'Hi' }),
        'mlflow.spanOutputs': '"Yo"',
        'session.id': '"s-2"',
        'user.id': '"u-2"',
      },
    ],
    [
      2,
      1,
      'ChatOpenAI',
      {
        'mlflow.spanType': '"CHAT_MODEL"',
        'mlflow.llm.model': '"gpt-4o"',
        'mlflow.llm.provider': '"openai"',
        'mlflow.chat.tokenUsage': json({
          input_tokens: 10,
          output_tokens: 3,
          total_tokens: 13,
          cache_read_input_tokens: 2,
        }),
        'mlflow.llm.cost': json({ input_cost: 0.1, output_cost: 0.2, total_cost: 0.3 }),
        'mlflow.spanInputs': json({ messages: [{ role: 'user', content: 'Hi' }] }),
        'mlflow.spanOutputs': json({
          choices: [{ message: { role: 'assistant', content: 'Yo' }, finish_reason: 'stop' }],
        }),
        'mlflow.chat.tools': json([{ type: 'function', function: { name: 'f' } }]),
      },
    ],
    [
      3,
      1,
      'search',
      {
        'mlflow.spanType': '"RETRIEVER"',
        'mlflow.spanInputs': '"Hi"',
        'mlflow.spanOutputs': json([{ page_content: 'doc' }]),
      },
    ],
  ]),
  traceloop: made({ scope: '@traceloop/node-server-sdk', resource: { 'service.name': 'tl' } }, [
    [
      1,
      0,
      'digest.workflow',
      {
        'traceloop.span.kind': 'workflow',
        'traceloop.entity.name': 'digest',
        'traceloop.workflow.name': 'digest',
        'traceloop.association.properties.execution_id': 'ex-tl',
        'traceloop.association.properties.user_id': 'u-3',
      },
    ],
    [
      2,
      1,
      'fetch.task',
      {
        'traceloop.span.kind': 'task',
        'traceloop.entity.name': 'fetch',
        'traceloop.workflow.name': 'digest',
        'traceloop.entity.path': 'fetch',
        'traceloop.entity.input': json({ args: [], kwargs: { topic: 'news' } }),
        'traceloop.entity.output': json({ items: 3 }),
      },
    ],
    [
      3,
      2,
      'openai.chat',
      {
        'llm.request.type': 'chat',
        'gen_ai.system': 'OpenAI',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': json([
          { type: 'text', text: 'What?' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        ]),
        'gen_ai.prompt.1.role': 'assistant',
        'gen_ai.prompt.1.tool_calls.0.id': 'c1',
        'gen_ai.prompt.1.tool_calls.0.name': 'f',
        'gen_ai.prompt.1.tool_calls.0.arguments': '{"a":1}',
        'gen_ai.prompt.2.role': 'tool',
        'gen_ai.prompt.2.tool_call_id': 'c1',
        'gen_ai.prompt.2.content': '{"r":2}',
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.content': 'That',
        'gen_ai.completion.0.finish_reason': 'stop',
        'gen_ai.usage.prompt_tokens': 12,
        'gen_ai.usage.completion_tokens': 4,
        'llm.usage.total_tokens': 16,
        'llm.request.functions.0.name': 'f',
        'llm.request.functions.0.parameters': '{"type":"object"}',
      },
    ],
    [
      4,
      2,
      'pinecone.query',
      { 'db.system': 'Pinecone', 'db.operation': 'query', 'db.vector.query.top_k': 3 },
      {
        said: [
          {
            name: 'db.query.result',
            attributes: {
              'db.query.result.id': 'v1',
              'db.query.result.score': 0.5,
              'db.query.result.document': 'a text',
            },
          },
        ],
      },
    ],
  ]),
  genAi: made({ scope: 'gen_ai', resource: { 'service.name': 'g' } }, [
    [
      1,
      0,
      'invoke_workflow trips',
      {
        'gen_ai.operation.name': 'invoke_workflow',
        'gen_ai.workflow.name': 'trips',
        'gen_ai.conversation.id': 'c-1',
      },
    ],
    [
      2,
      1,
      'chat old',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4',
        'gen_ai.prompt': json([{ role: 'user', content: 'Hi' }]),
        'gen_ai.completion': json([{ role: 'assistant', content: 'Yo' }]),
        'gen_ai.usage.prompt_tokens': 12,
        'gen_ai.usage.completion_tokens': 4,
      },
    ],
    [
      3,
      1,
      'chat 1.27',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'az.ai.openai',
        'gen_ai.response.model': 'gpt-4o',
        ...usage,
      },
      {
        said: [
          {
            name: 'gen_ai.content.prompt',
            attributes: { 'gen_ai.prompt': json([{ role: 'user', content: 'Hi' }]) },
          },
          {
            name: 'gen_ai.content.completion',
            attributes: { 'gen_ai.completion': json([{ role: 'assistant', content: 'Yo' }]) },
          },
        ],
      },
    ],
    [
      4,
      1,
      'chat 1.30',
      { 'gen_ai.operation.name': 'chat', 'gen_ai.system': 'openai', ...usage },
      {
        said: [
          { name: 'gen_ai.system.message', attributes: { content: 'Be brief' } },
          { name: 'gen_ai.user.message', attributes: { 'gen_ai.event.content': json({ content: 'Hi' }) } },
          {
            name: 'gen_ai.assistant.message',
            attributes: {
              tool_calls: json([
                { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
              ]),
            },
          },
          { name: 'gen_ai.tool.message', attributes: { id: 'c1', content: '{"r":2}' } },
          {
            name: 'gen_ai.choice',
            attributes: {
              index: 0,
              finish_reason: 'stop',
              message: json({ role: 'assistant', content: 'Yo' }),
            },
          },
        ],
      },
    ],
    [
      5,
      1,
      'chat 1.38',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': 'claude-sonnet-4-0',
        'gen_ai.response.id': 'msg_1',
        'gen_ai.response.finish_reasons': ['tool-calls'],
        ...usage,
        'gen_ai.usage.cache_read.input_tokens': 8,
        'gen_ai.usage.cache_creation.input_tokens': 2,
        'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief' }],
        'gen_ai.input.messages': [
          {
            role: 'user',
            parts: [
              { type: 'text', content: 'Hi' },
              { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'iVBORw0KGgo=' },
              { type: 'uri', modality: 'image', uri: 'https://example.com/a.png' },
            ],
          },
        ],
        'gen_ai.output.messages': [
          {
            role: 'assistant',
            finish_reason: 'tool_call',
            parts: [
              { type: 'reasoning', content: 'hm' },
              { type: 'tool_call', id: 'c1', name: 'f', arguments: { a: 1 } },
              { type: 'sparkle', x: 1 },
            ],
          },
        ],
        'gen_ai.tool.definitions': [{ type: 'function', name: 'f' }],
      },
    ],
    [
      6,
      1,
      'execute_tool f',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'f',
        'gen_ai.tool.call.id': 'c1',
        'gen_ai.tool.call.arguments': { a: 1 },
        'gen_ai.tool.call.result': '"done"',
      },
    ],
    [
      7,
      1,
      'retrieval docs',
      {
        'gen_ai.operation.name': 'retrieval',
        'gen_ai.data_source.id': 'docs',
        'gen_ai.retrieval.query.text': 'Paris',
        'gen_ai.retrieval.documents': json([{ id: 'd1', score: 0.9 }]),
      },
    ],
    [
      8,
      1,
      'embeddings m',
      {
        'gen_ai.operation.name': 'embeddings',
        'gen_ai.request.model': 'text-embedding-3-small',
        'gen_ai.usage.input_tokens': 5,
      },
    ],
    [
      9,
      1,
      'chat details',
      { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' },
      {
        said: [
          {
            name: 'gen_ai.client.inference.operation.details',
            attributes: {
              'gen_ai.input.messages': [message('user', 'Hi')],
              'gen_ai.output.messages': [message('assistant', 'Yo')],
            },
          },
        ],
      },
    ],
  ]),
}
