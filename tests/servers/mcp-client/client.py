"""Calls the tools of an MCP server with the official client.

usage: client.py COMMAND [ARGUMENT...] < CALLS

CALLS is a JSON array of {"tool": NAME, "arguments": {...}}. Prints {"protocol", "server", "tools", "results"}.
"""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main():
    server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:], env=dict(os.environ))
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        about = (await session.initialize()).model_dump(mode="json", by_alias=True)
        tools = (await session.list_tools()).model_dump(mode="json", by_alias=True)
        results = []
        for call in json.load(sys.stdin):
            result = await session.call_tool(call["tool"], call["arguments"])
            results.append(result.model_dump(mode="json", by_alias=True))
    print(json.dumps({"about": about, "tools": tools["tools"], "results": results}))


asyncio.run(main())
