#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/sources/source_record.h"
#include "sql/sql_connection.h"

// The statements on sources and source_runs, within a transaction of the caller. They block, are for the
// connection's thread, and return its errors.
namespace fit::ingest {

// Returns the settings as they are stored.
std::string settings_text(const SourceSpec& spec);

// Reads a source. kNotFound for an unknown id.
Result<SourceRecord> read_source(sql::SqlConnection& connection, SourceId id);
// Reads a source and keeps other transactions from changing it until the end of this one. kNotFound for an
// unknown id.
Result<SourceRecord> lock_source(sql::SqlConnection& connection, SourceId id);
// The sources that a condition with its values selects ("WHERE name = $1"), as written there.
Result<std::vector<SourceRecord>> read_sources(sql::SqlConnection& connection, std::string_view condition,
                                               std::span<const sql::SqlValue> values);
// Inserts a source without a run and returns its id. kConflict naming "name" when there is one of that name.
Result<SourceId> insert_source(sql::SqlConnection& connection, const SourceRecord& source);
// Writes what a person sets: address, settings, schedule, time zone, jitter and whether the source is paused;
// with them the state, the next time of a run and the time of the change. Settings that cannot be read are
// stored as they were. Only a change by a person may call it, never a run.
Result<void> update_spec(sql::SqlConnection& connection, const SourceRecord& source);
// Writes what a run sets: the state, the active run, the next time of a run, the health and the last success.
Result<void> update_progress(sql::SqlConnection& connection, const SourceRecord& source);

// Inserts a run and returns its id.
Result<SourceRunId> insert_run(sql::SqlConnection& connection, const RunRecord& run);
// Reads a run and keeps other transactions from changing it until the end of this one. kNotFound for an
// unknown id. Writers lock the run before the source.
Result<RunRecord> lock_run(sql::SqlConnection& connection, SourceRunId id);
// Writes every column that a run changes.
Result<void> update_run(sql::SqlConnection& connection, const RunRecord& run);
// Reads the runs that a condition with its values selects, as read_sources() does.
Result<std::vector<RunRecord>> read_runs(sql::SqlConnection& connection, std::string_view condition,
                                         std::span<const sql::SqlValue> values);

}  // namespace fit::ingest
