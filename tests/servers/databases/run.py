"""Runs a script of SQL in a real database, and prints the result of each question as JSON: run.py duckdb|clickhouse FILE."""

import json
import sys

QUESTIONS = {
    "scope_use": "SELECT client, scope, calls, last, endpoints FROM tokscope_scope_use ORDER BY client, scope",
    "unused": "SELECT client, scope, state FROM tokscope_unused_scopes ORDER BY client, scope",
    "endpoint_use": "SELECT client, name, calls, denied FROM tokscope_endpoint_use ORDER BY client, name",
    "unlisted": "SELECT method, path, calls FROM tokscope_unlisted ORDER BY method, path",
    "under_enforced": "SELECT DISTINCT client, name FROM tokscope_under_enforced ORDER BY client, name",
    "requests": "SELECT coalesce(sum(calls), 0) FROM tokscope_requests",
}


def duckdb():
    import duckdb

    connection = duckdb.connect()

    def run(statement):
        found = connection.execute(statement)
        return found.fetchall() if found.description else []

    return run


def clickhouse():
    from chdb import session

    one = session.Session()

    def run(statement):
        return [json.loads(line) for line in str(one.query(statement, "JSONCompactEachRow")).splitlines() if line]

    return run


run = {"duckdb": duckdb, "clickhouse": clickhouse}[sys.argv[1]]()
for statement in open(sys.argv[2], encoding="utf-8").read().split(";\n"):
    if statement.strip():
        run(statement)
print(json.dumps({name: [[*row] for row in run(query)] for name, query in QUESTIONS.items()}, default=str))
