"""PyPI mcp: lists the tools of a server and calls one, with a token in a header and no OAuth: mcp_client.py TOOL."""

import asyncio
import json
import os
import sys

import httpx2
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client


async def main():
    headers = {"Authorization": f"Bearer {os.environ['FILES_TOKEN']}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60, follow_redirects=True) as client:
        async with streamable_http_client(os.environ["FILES_BASE_URL"], http_client=client) as (read, write, *_):
            async with ClientSession(read, write) as session:
                await session.initialize()
                tools = await session.list_tools()
                try:
                    result = await session.call_tool(sys.argv[1], {"query": "tea"})
                    answer = result.content[0].text
                except Exception as error:
                    answer = f"refused: {error}"
    print(json.dumps({"tools": [tool.name for tool in tools.tools], "answer": answer}))


asyncio.run(main())
