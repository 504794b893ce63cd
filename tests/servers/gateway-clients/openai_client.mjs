// npm openai, which reads OPENAI_BASE_URL and OPENAI_API_KEY itself: a response as server-sent events
import OpenAI from 'openai';

const stream = await new OpenAI().chat.completions.create({
  model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true,
});
let text = '';
for await (const chunk of stream) text += chunk.choices[0].delta.content ?? '';
console.log(text);
