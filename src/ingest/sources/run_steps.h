#pragma once

#include <string_view>

#include "ingest/sources/source.h"
#include "ingest/sources/source_record.h"
#include "sql/sql_connection.h"

// The steps of a run, within one write transaction of the caller each, which has locked the run. They block,
// are for the connection's thread, and return its errors.
//
// A run never writes what a person sets: of the source it writes the columns of update_progress() only.
//
// A run reads pages (jobs of the kind kSourceRunJob, one at a time) and writes what they show in batches
// (jobs of the kind kSourceItemsJob, several at a time). The pages, what they show and the jobs for it become
// durable together, so that a stopped process loses nothing: the next attempt continues after the last stored
// page.
namespace fit::ingest {

// {"run": ID}: reads pages of a run.
inline constexpr std::string_view kSourceRunJob = "source_run";
// {"run": ID, "batch": NUMBER}: writes listings to the catalogue.
inline constexpr std::string_view kSourceItemsJob = "source_items";

// The submitter of all jobs of a source.
std::string source_submitter(SourceId source);

// Adds a run with its first job and makes it the active one of the source, whose row the caller has locked.
// kConflict when the source has one.
Result<RunRecord> begin_run(sql::SqlConnection& connection, SourceRecord& source, std::string_view cause,
                            Timestamp time);
// Adds the next job that reads pages.
Result<void> add_run_job(sql::SqlConnection& connection, const RunRecord& run);
// Adds a job that writes the next batch and returns the batch's number, with which listings are then marked.
Result<std::int64_t> add_batch(sql::SqlConnection& connection, RunRecord& run);
// Adds another job that writes what is left of a batch.
Result<void> add_items_job(sql::SqlConnection& connection, const RunRecord& run, std::int64_t batch);

// Counts a failure, with a sample for people among the first.
void add_failure(RunRecord& run, RunFailure failure);
// The same of an image without which a listing was written, and which is no listing that failed.
void add_left_out(RunRecord& run, RunFailure failure);

// Stores what a page shows: the listings that changed in new batches, the counts, and the state of the sweep,
// in `run` and `source`, which the caller writes afterwards.
Result<void> store_page(sql::SqlConnection& connection, RunRecord& run, SourceRecord& source,
                        const FetchPage& page, Timestamp time);

// Takes the step that is next after a page or a batch. When every page is read and every batch written:
// listings that waited for the end of the sweep get batches, then those that are missing or whose offers have
// ended are removed in batches, then the run ends. Writes `run` and `source`.
Result<void> advance_run(sql::SqlConnection& connection, RunRecord& run, SourceRecord& source,
                         Timestamp time);

// Ends the run as it is: sets its outcome, the health of the source and the time of the next run. Writes
// both.
Result<void> finish_run(sql::SqlConnection& connection, RunRecord& run, SourceRecord& source, Timestamp time);

// The time of the first scheduled run after `time`, without the jitter. nullopt: there is none.
std::optional<Timestamp> scheduled_time(const SourceSpec& spec, Timestamp time);

}  // namespace fit::ingest
