"""PyPI openai, which reads OPENAI_BASE_URL and OPENAI_API_KEY itself: a response as server-sent events."""

from openai import OpenAI

messages = [{"role": "user", "content": "hi"}]
stream = OpenAI().chat.completions.create(model="m", messages=messages, stream=True)
print("".join(chunk.choices[0].delta.content or "" for chunk in stream))
