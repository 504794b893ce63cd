"""Runs the SQL of stdin in the working directory, and prints each row as a JSON array.

usage: query.py duckdb|clickhouse
"""

import json
import sys

sql = sys.stdin.read().rstrip().rstrip(";")
if sys.argv[1] == "duckdb":
    import duckdb

    for row in duckdb.connect().execute(sql).fetchall():
        print(json.dumps(row, default=str))
else:
    import chdb

    print(chdb.query(sql, "JSONCompactEachRow").bytes().decode(), end="")
