"""Reads SQL as BigQuery has it and writes the same for DuckDB.

In: a JSON object of SQL by name. Out: one of the same names, or exit code 1
with what BigQuery would not know: SQL that it cannot parse, and functions
that sqlglot's BigQuery does not name.
"""
import json
import sys

import sqlglot
from sqlglot import exp

out, faults = {}, []
for name, sql in json.load(sys.stdin).items():
    try:
        (tree,) = sqlglot.parse(sql, read="bigquery", error_level=sqlglot.ErrorLevel.RAISE)
    except (sqlglot.errors.SqlglotError, ValueError) as e:
        faults.append(f"{name}: {e}")
        continue
    faults += [f"{name}: no function {f.name}" for f in tree.find_all(exp.Anonymous)]
    out[name] = tree.sql(dialect="duckdb")
if faults:
    sys.exit("\n".join(faults))
json.dump(out, sys.stdout)
