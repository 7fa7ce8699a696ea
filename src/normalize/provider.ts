const ALIASES: Readonly<Record<string, string>> = {
  'az.ai.openai': 'azure.ai.openai',
  azure: 'azure.ai.openai',
  azure_openai: 'azure.ai.openai',
  'azure-openai': 'azure.ai.openai',
  'az.ai.inference': 'azure.ai.inference',
  azure_ai_inference: 'azure.ai.inference',
  xai: 'x_ai',
  vertex_ai: 'gcp.vertex_ai',
  vertexai: 'gcp.vertex_ai',
  google_vertexai: 'gcp.vertex_ai',
  'google.vertex': 'gcp.vertex_ai',
  'gcp.vertex.agent': 'gcp.vertex_ai',
  gemini: 'gcp.gen_ai',
  google: 'gcp.gen_ai',
  google_genai: 'gcp.gen_ai',
  googleai: 'gcp.gen_ai',
  'google.generative-ai': 'gcp.gen_ai',
  'gcp.gemini': 'gcp.gen_ai',
  bedrock: 'aws.bedrock',
  amazon: 'aws.bedrock',
  aws: 'aws.bedrock',
  amazon_bedrock: 'aws.bedrock',
  'amazon-bedrock': 'aws.bedrock',
  mistral: 'mistral_ai',
  mistralai: 'mistral_ai',
}

/** What instrumentations of frameworks name where a provider should be: none of them answers a prompt. */
const FRAMEWORKS = new Set([
  'langchain',
  'langgraph',
  'autogen',
  'crewai',
  'strands-agents',
  'microsoft.agent_framework',
])

/** What is no plain name stays as it was sent: spelled anew, a secret would no longer have the form that rules know. */
const NAME = /^[a-z][a-z_. -]{0,47}\d?$/i

/** One name for one provider: lower case, without the API's name, in OpenTelemetry's spelling; `null` = it is none. */
export function providerName(name: string): string | null {
  if (!NAME.test(name)) return name
  const plain = name.toLowerCase().replace(/\.(chat|responses|messages|completion|embedding|image)$/, '')
  if (FRAMEWORKS.has(plain)) return null
  return Object.hasOwn(ALIASES, plain) ? (ALIASES[plain] as string) : plain
}
