import { json, made } from './set.ts'

const usage = { 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 4 }

/** Libraries that agents are made with. */
export const agents = {
  langsmith: made({ scope: 'langsmith', resource: { 'service.name': 'chain' } }, [
    [
      1,
      0,
      'graph',
      {
        'langsmith.span.kind': 'chain',
        'langsmith.trace.name': 'graph',
        'langsmith.trace.session_name': 'project',
        'langsmith.metadata.thread_id': 'th-9',
        'gen_ai.operation.name': 'chain',
        'gen_ai.prompt': json({ messages: [['user', 'Hi']] }),
        'gen_ai.completion': json({
          messages: [
            { type: 'human', content: 'Hi' },
            { type: 'ai', content: 'Yo' },
          ],
        }),
      },
      { parentSpanId: 'eeeeeeeeeeeeeeee' },
    ],
    [
      2,
      1,
      'plan',
      {
        'langsmith.span.kind': 'chain',
        'langsmith.metadata.langgraph_node': 'plan',
        'langsmith.metadata.langgraph_step': 1,
        'langsmith.metadata.thread_id': 'th-9',
      },
    ],
    [
      3,
      2,
      'ChatAnthropic',
      {
        'langsmith.span.kind': 'llm',
        'langsmith.metadata.langgraph_node': 'plan',
        'langsmith.metadata.ls_provider': 'anthropic',
        'langsmith.metadata.ls_model_name': 'claude-sonnet-4-0',
        'gen_ai.operation.name': 'chat',
        ...usage,
        'gen_ai.usage.total_tokens': 16,
        'gen_ai.usage.input_token_details': json({ cache_read: 5 }),
        'gen_ai.prompt': Buffer.from(
          json({
            messages: [
              [
                {
                  lc: 1,
                  type: 'constructor',
                  id: ['langchain', 'schema', 'messages', 'HumanMessage'],
                  kwargs: { content: 'Hi' },
                },
              ],
            ],
          }),
        ),
        'gen_ai.completion': Buffer.from(
          json({
            generations: [
              [
                {
                  text: 'Yo',
                  message: {
                    lc: 1,
                    id: ['x', 'AIMessage'],
                    kwargs: {
                      content: 'Yo',
                      tool_calls: [{ name: 'f', args: { a: 1 }, id: 'c1', type: 'tool_call' }],
                    },
                  },
                },
              ],
            ],
          }),
        ),
      },
    ],
    [
      4,
      2,
      'vectors',
      {
        'langsmith.span.kind': 'retriever',
        'gen_ai.operation.name': 'embeddings',
        'gen_ai.prompt': json({ query: 'Hi' }),
      },
    ],
  ]),
  googleAdk: made({ scope: 'gcp.vertex.agent', resource: { 'service.name': 'adk' } }, [
    [1, 0, 'invocation', {}],
    [
      2,
      1,
      'invoke_agent planner',
      {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'planner',
        'gen_ai.conversation.id': 's-7',
      },
    ],
    [
      3,
      2,
      'call_llm',
      {
        'gen_ai.system': 'gcp.vertex.agent',
        'gen_ai.request.model': 'gemini-2.5-flash',
        'gcp.vertex.agent.invocation_id': 'e-77',
        'gcp.vertex.agent.session_id': 's-7',
        'gcp.vertex.agent.event_id': 'ev',
        'gcp.vertex.agent.llm_request': json({
          model: 'gemini-2.5-flash',
          config: { system_instruction: 'Be kind', tools: [{ function_declarations: [{ name: 'f' }] }] },
          contents: [
            { role: 'user', parts: [{ text: 'Hi' }] },
            { role: 'model', parts: [{ function_call: { id: 'c0', name: 'f', args: {} } }] },
            {
              role: 'user',
              parts: [{ function_response: { id: 'c0', name: 'f', response: { result: 1 } } }],
            },
          ],
        }),
        'gcp.vertex.agent.llm_response': json({
          content: { role: 'model', parts: [{ thought: true, text: 'hm' }, { text: 'Yo' }] },
          usage_metadata: {
            prompt_token_count: 40,
            candidates_token_count: 9,
            thoughts_token_count: 6,
            total_token_count: 55,
            cached_content_token_count: 12,
          },
        }),
      },
    ],
    [
      4,
      2,
      'execute_tool f',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'f',
        'gcp.vertex.agent.llm_request': '{}',
        'gcp.vertex.agent.llm_response': '{}',
        'gcp.vertex.agent.tool_call_args': json({ a: 1 }),
        'gcp.vertex.agent.tool_response': '<not specified>',
      },
    ],
    [
      5,
      2,
      'execute_tool (merged tools)',
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': '(merged tools)',
        'gcp.vertex.agent.tool_response': json({ x: 1 }),
      },
    ],
    [6, 1, 'agent_run [critic]', {}],
  ]),
  pydanticAi: made({ scope: 'pydantic-ai', resource: { 'service.name': 'py' } }, [
    [
      1,
      0,
      'agent run',
      {
        agent_name: 'helper',
        model_name: 'gpt-4o',
        'logfire.msg': 'helper run',
        all_messages_events: json([
          { role: 'user', content: 'Hi', 'event.name': 'gen_ai.user.message' },
          { role: 'assistant', content: 'Yo', 'event.name': 'gen_ai.assistant.message' },
        ]),
        final_result: 'Yo',
        'gen_ai.aggregated_usage.input_tokens': 12,
        'gen_ai.aggregated_usage.output_tokens': 4,
      },
    ],
    [
      2,
      1,
      'chat gpt-4o',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        ...usage,
        'gen_ai.usage.details.reasoning_tokens': 1,
        'operation.cost': 0.00042,
        events: json([
          { 'event.name': 'gen_ai.system.message', content: 'Be brief', role: 'system' },
          {
            'event.name': 'gen_ai.user.message',
            content: ['Hi', { kind: 'image-url', url: 'https://example.com/a.png' }],
            role: 'user',
          },
          {
            'event.name': 'gen_ai.choice',
            index: 0,
            message: {
              role: 'assistant',
              tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
            },
          },
        ]),
      },
    ],
    [3, 1, 'running tools', { tools: ['f'] }],
    [
      4,
      3,
      'running tool',
      {
        'gen_ai.tool.name': 'f',
        'gen_ai.tool.call.id': 'c1',
        tool_arguments: '{"a":1}',
        tool_response: '{"r":2}',
        'logfire.msg': 'running tool: f',
      },
    ],
    [
      5,
      3,
      'running tool',
      { 'gen_ai.tool.name': 'ask_human' },
      {
        statusCode: 2,
        said: [
          {
            name: 'exception',
            attributes: { 'exception.type': 'pydantic_ai.exceptions.CallDeferred', 'exception.message': '' },
          },
        ],
      },
    ],
  ]),
  genkit: made({ scope: 'genkit-tracer', resource: { 'service.name': 'gk' } }, [
    [
      1,
      0,
      'menu',
      {
        'genkit:name': 'menu',
        'genkit:metadata:subtype': 'flow',
        'genkit:input': json({ theme: 'fish' }),
        'genkit:output': json('Soup'),
      },
    ],
    [
      2,
      1,
      'googleai/gemini',
      {
        'genkit:name': 'googleai/gemini-2.5-flash',
        'genkit:metadata:subtype': 'model',
        'genkit:input': json({ messages: [{ role: 'user', content: [{ text: 'Menu?' }] }] }),
        'genkit:output': json({
          message: { role: 'model', content: [{ text: 'Soup' }] },
          finishReason: 'stop',
          usage: { inputTokens: 4, outputTokens: 1, totalTokens: 5 },
        }),
      },
    ],
    [
      3,
      1,
      'price',
      {
        'genkit:name': 'price',
        'genkit:metadata:subtype': 'tool',
        'genkit:input': json({ dish: 'soup' }),
        'genkit:output': '5',
      },
    ],
  ]),
  livekit: made({ scope: 'livekit-agents', resource: { 'service.name': 'lk' } }, [
    [1, 0, 'agent_turn', { 'lk.user_input': 'Hello?', 'lk.response.text': 'Hi!' }],
    [
      2,
      1,
      'llm_node',
      {
        'lk.chat_ctx': json({ items: [{ type: 'message', role: 'user', content: ['Hello?'] }] }),
        'lk.response.text': 'Hi!',
        'gen_ai.request.model': 'gpt-4o',
        ...usage,
      },
    ],
    [
      3,
      1,
      'function_tool',
      {
        'lk.function_tool.name': 'f',
        'lk.function_tool.arguments': '{"a":1}',
        'lk.function_tool.output': 'done',
      },
    ],
  ]),
}
