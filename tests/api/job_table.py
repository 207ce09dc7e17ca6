"""Jobs as rows of a catalogue's database, on either engine, for tests of jobs that nothing in the program has made."""

import sqlite3
import subprocess
import time

import fit_process

# Kinds of jobs that no worker handles, so that their rows stay as they are.
KIND = "test.kind"
OTHER_KIND = "test.other"


def execute(data, sql):
    """Runs a statement and returns its rows, whose values are texts."""
    url = fit_process.database_url(data)
    if url.startswith("sqlite"):
        with sqlite3.connect(f"{data}/fit.db", timeout=60) as database:
            rows = [tuple(str(value) for value in row) for row in database.execute(sql)]
        database.close()
        return rows
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql],
                          check=True, capture_output=True, text=True)
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def add(data, kind=KIND, state="waiting", error_class="", **columns):
    """Adds a job and returns its id. Jobs with an error class have had an attempt that failed."""
    now = int(time.time() * 1e6)
    is_final = state in ("done", "dead", "cancelled", "retried", "discarded")
    row = {"kind": kind, "state": state, "payload": '{"asset": 1}', "priority": 0, "fair_at": now, "rank": now,
           "submitter": "", "unique_key": "", "attempt": 1 if error_class else 0, "max_attempts": 5, "postponed": 0,
           "run_at": now, "created_at": now, "worker": "", "lease": 0, "lease_until": 0, "cancel_requested": 0,
           "error_class": error_class, "error_code": "malformed" if error_class else "",
           "error_message": "is no image" if error_class else "", "error_field": "file" if error_class else "",
           "error_detail": "a private detail" if error_class else "", "finished_at": now if is_final else None}
    row |= columns
    values = ["NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value) for value in row.values()]
    job, = execute(data, f"INSERT INTO jobs ({', '.join(row)}) VALUES ({', '.join(values)}) RETURNING id")
    if error_class:
        execute(data, "INSERT INTO job_attempts (job_id, attempt, worker, started_at, ended_at, error_class, error_code, "
                f"error_message, error_field, error_detail) VALUES ({job[0]}, 1, 'one', {now}, {now}, '{error_class}', "
                "'malformed', 'is no image', 'file', 'a private detail')")
    return job[0]
