import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain'
import * as callbacks from '@langchain/core/callbacks/manager'
import { tool } from '@langchain/core/tools'
import {
  Command,
  END,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph'
import { ToolNode } from '@langchain/langgraph/prebuilt'
// the newest of it that runs on Node 20: from 1.5.9 on it wants 22
import { ChatOpenAI } from '@langchain/openai'
import { chatServer } from './chat.ts'
import { execution, exporting } from './provider.ts'

const { baseURL, close } = await chatServer()
const weather = tool(async ({ city }: { city: string }) => JSON.stringify({ city, degrees: 18 }), {
  name: 'get_weather',
  description: 'The weather in a city',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
})
const model = new ChatOpenAI({
  model: 'gpt-4o-mini',
  apiKey: 'none',
  maxRetries: 0,
  configuration: { baseURL },
}).bindTools([weather])

/** Asks the model until it has no more to call, then a human. */
const graph = new StateGraph(MessagesAnnotation)
  .addNode('agent', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addNode('tools', new ToolNode([weather]))
  .addNode('approve', async () => {
    const said: string = interrupt({ question: 'Send it?' })
    return { messages: [{ role: 'user', content: said }] }
  })
  .addEdge(START, 'agent')
  .addConditionalEdges('agent', ({ messages }) => {
    const last = messages.at(-1) as { tool_calls?: unknown[] } | undefined
    return (last?.tool_calls?.length ?? 0) > 0 ? 'tools' : 'approve'
  })
  .addEdge('tools', 'agent')
  .addEdge('approve', END)
  .compile({ checkpointer: new MemorySaver(), name: 'weather-graph' })

await exporting(async () => {
  new LangChainInstrumentation().manuallyInstrument(callbacks)
  // `named`: both halves say of which execution they are. Else each is one of its own, of one thread.
  const halves = async (thread: string, metadata: Record<string, string>) => {
    const config = { configurable: { thread_id: thread }, metadata: { workflow_id: 'emitters', ...metadata } }
    const messages = [
      { role: 'system', content: 'You are terse.' },
      { role: 'user', content: 'What is the weather in Paris?' },
    ]
    await graph.invoke({ messages }, config)
    await graph.invoke(new Command({ resume: 'yes, send it' }), config)
  }
  await halves('thread-named', { execution_id: execution })
  await halves('thread-loose', {})
})
close()
