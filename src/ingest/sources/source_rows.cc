#include "ingest/sources/source_rows.h"

#include <algorithm>

#include "base/format.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

constexpr std::string_view kSourceColumns =
    "id, name, kind, address, settings, schedule, time_zone, jitter_s, is_paused, next_run_at, active_run, "
    "state, health, health_since, health_reason, last_success_at, created_by, created_at, updated_at";

constexpr std::string_view kRunColumns =
    "id, source_id, state, cause, is_fetched, is_settled, is_complete, outcome, sweep_started_at, batches, "
    "seen, added, changed, unchanged, restocked, sold, removed, failed, requests, bytes, pages_done, "
    "pages_total, failures, samples, remarks, missing, error, created_at, updated_at, finished_at";

// JSON that this program has written.
Json written_json(std::string_view text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? Json() : json;
}

// The position of a name; the first one for a name that a newer version has written.
template <class Value, std::size_t N>
Value value_of(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto* const found = std::ranges::find(names, name);
  return found == names.end() ? Value{} : static_cast<Value>(found - names.begin());
}

SqlValue ticks_or_null(const std::optional<Timestamp>& time) {
  return time ? SqlValue(sql::ticks(*time)) : SqlValue();
}

// Reads the settings into the spec, or says that they cannot be read.
void read_stored_settings(SourceSpec& spec, std::string_view kind, std::string_view address,
                          std::string_view text) {
  const auto known_kind = parse_source_kind("kind", kind);
  spec.settings.kind = known_kind.value_or(SourceKind::kFeed);
  spec.settings.address = address;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  auto settings = !known_kind           ? Result<SourceSettings>(known_kind.error())
                  : json.is_discarded() ? Result<SourceSettings>(invalid("settings", "are no JSON"))
                                        : parse_source_settings(*known_kind, std::string(address), json);
  if (settings) {
    spec.settings = *std::move(settings);
  } else {
    spec.unread = UnreadSettings{.text = std::string(text), .problem = std::move(settings).error()};
  }
}

SourceRecord source_of(const SqlRow& row) {
  SourceRecord source;
  source.id = {row.integer(0)};
  source.spec.name = row.text(1);
  read_stored_settings(source.spec, row.text(2), row.text(3), row.text(4));
  source.spec.schedule = row.text(5);
  source.spec.time_zone = row.text(6);
  source.spec.jitter = std::chrono::seconds(row.integer(7));
  source.spec.is_paused = row.integer(8) != 0;
  source.next_run_at = sql::optional_time_at(row, 9);
  if (!row.is_null(10)) source.active_run = SourceRunId{row.integer(10)};
  source.state = written_json(row.text(11));
  source.health = value_of<SourceHealth>(kSourceHealthNames, row.text(12));
  source.health_since = sql::time_at(row, 13);
  source.health_reason = row.text(14);
  source.last_success_at = sql::optional_time_at(row, 15);
  source.created_by = row.text(16);
  source.created_at = sql::time_at(row, 17);
  source.updated_at = sql::time_at(row, 18);
  return source;
}

void read_failures(RunRecord& run, const Json& counts, const Json& samples, const Json& remarks) {
  for (const auto& [reason, count] : counts.items()) {
    if (count.is_number_integer()) run.failures[reason] = count.get<std::int64_t>();
  }
  for (const Json& sample : samples) {
    run.samples.push_back({json_text(sample, "reason"), json_text(sample, "url"),
                           json_text(sample, "external_id"), json_text(sample, "message")});
  }
  for (const Json& remark : remarks) {
    if (remark.is_string()) run.remarks.push_back(remark.get<std::string>());
  }
}

RunRecord run_of(const SqlRow& row) {
  RunRecord run;
  run.id = {row.integer(0)};
  run.source = {row.integer(1)};
  run.state = value_of<RunState>(kRunStateNames, row.text(2));
  run.cause = row.text(3);
  run.is_fetched = row.integer(4) != 0;
  run.is_settled = row.integer(5) != 0;
  run.is_complete = row.integer(6) != 0;
  run.outcome = value_of<RunState>(kRunStateNames, row.text(7));
  run.sweep_started_at = sql::time_at(row, 8);
  run.batches = row.integer(9);
  RunCounts& counts = run.counts;
  int column = 10;
  for (std::int64_t* const count : {&counts.seen, &counts.added, &counts.changed, &counts.unchanged,
                                    &counts.restocked, &counts.sold, &counts.removed, &counts.failed,
                                    &counts.requests, &counts.bytes, &run.pages_done, &run.pages_total}) {
    *count = row.integer(column++);
  }
  read_failures(run, written_json(row.text(22)), written_json(row.text(23)), written_json(row.text(24)));
  run.missing = row.integer(25);
  run.error = row.text(26);
  run.created_at = sql::time_at(row, 27);
  run.updated_at = sql::time_at(row, 28);
  run.finished_at = sql::optional_time_at(row, 29);
  return run;
}

// The texts of a run's row, which outlive the statement.
struct RunTexts {
  explicit RunTexts(const RunRecord& run)
      : failures(dump_json(run.failures)), remarks(dump_json(run.remarks)) {
    Json list = Json::array();
    for (const RunFailure& failure : run.samples) {
      list.push_back({{"reason", failure.reason},
                      {"url", failure.url},
                      {"external_id", failure.external_id},
                      {"message", failure.message}});
    }
    samples = dump_json(list);
  }
  std::string failures;
  std::string remarks;
  std::string samples;
};

// The columns of a run from state on.
std::vector<SqlValue> run_values(const RunRecord& run, const RunTexts& texts) {
  const RunCounts& counts = run.counts;
  return {to_string(run.state),
          std::string_view(run.cause),
          std::int64_t{run.is_fetched},
          std::int64_t{run.is_settled},
          std::int64_t{run.is_complete},
          to_string(run.outcome),
          sql::ticks(run.sweep_started_at),
          run.batches,
          counts.seen,
          counts.added,
          counts.changed,
          counts.unchanged,
          counts.restocked,
          counts.sold,
          counts.removed,
          counts.failed,
          counts.requests,
          counts.bytes,
          run.pages_done,
          run.pages_total,
          std::string_view(texts.failures),
          std::string_view(texts.samples),
          std::string_view(texts.remarks),
          run.missing,
          std::string_view(run.error),
          sql::ticks(run.created_at),
          sql::ticks(run.updated_at),
          ticks_or_null(run.finished_at)};
}

// "$2, $3, ..." up to $last.
std::string placeholders_to(std::size_t last) {
  std::string text;
  for (std::size_t i = 2; i <= last; ++i) text += fit::format("{}${}", i == 2 ? "" : ", ", i);
  return text;
}

}  // namespace

std::string settings_text(const SourceSpec& spec) {
  return spec.unread ? spec.unread->text
                     : dump_json(source_settings_json(spec.settings, /*with_secrets=*/true));
}

Result<std::vector<SourceRecord>> read_sources(SqlConnection& connection, std::string_view condition,
                                               std::span<const SqlValue> values) {
  std::vector<SourceRecord> sources;
  FIT_CHECK(connection.query(fit::format("SELECT {} FROM sources {}", kSourceColumns, condition), values,
                             [&sources](const SqlRow& row) { sources.push_back(source_of(row)); }));
  return sources;
}

Result<SourceRecord> read_source(SqlConnection& connection, SourceId id) {
  const SqlValue value = id.value;
  FIT_TRY(auto sources, read_sources(connection, "WHERE id = $1", std::span(&value, 1)));
  if (sources.empty()) return not_found("there is no source " + id.str());
  return std::move(sources.front());
}

Result<SourceRecord> lock_source(SqlConnection& connection, SourceId id) {
  FIT_CHECK(connection.execute("UPDATE sources SET updated_at = updated_at WHERE id = $1", {id.value}));
  return read_source(connection, id);
}

Result<SourceId> insert_source(SqlConnection& connection, const SourceRecord& source) {
  const SourceSpec& spec = source.spec;
  const std::string settings = settings_text(spec);
  std::optional<SourceId> id;
  FIT_CHECK(connection.query(
      "INSERT INTO sources (name, kind, address, settings, schedule, time_zone, jitter_s, is_paused, "
      "next_run_at, state, health, health_since, health_reason, created_by, created_at, updated_at) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, 'null', $10, $11, '', $12, $11, $11) "
      "ON CONFLICT (name) DO NOTHING RETURNING id",
      {std::string_view(spec.name), to_string(spec.settings.kind), std::string_view(spec.settings.address),
       std::string_view(settings), std::string_view(spec.schedule), std::string_view(spec.time_zone),
       spec.jitter.count(), std::int64_t{spec.is_paused}, ticks_or_null(source.next_run_at),
       to_string(source.health), sql::ticks(source.created_at), std::string_view(source.created_by)},
      [&id](const SqlRow& row) { id = SourceId{row.integer(0)}; }));
  if (!id) return Error{ErrorCode::kConflict, "there is a source of this name", "name", {}};
  return *id;
}

Result<void> update_spec(SqlConnection& connection, const SourceRecord& source) {
  const SourceSpec& spec = source.spec;
  const std::string settings = settings_text(spec);
  const std::string state = dump_json(source.state);
  FIT_CHECK(connection.execute(
      "UPDATE sources SET address = $2, settings = $3, schedule = $4, time_zone = $5, jitter_s = $6, "
      "is_paused = $7, next_run_at = $8, state = $9, updated_at = $10 WHERE id = $1",
      {source.id.value, std::string_view(spec.settings.address), std::string_view(settings),
       std::string_view(spec.schedule), std::string_view(spec.time_zone), spec.jitter.count(),
       std::int64_t{spec.is_paused}, ticks_or_null(source.next_run_at), std::string_view(state),
       sql::ticks(source.updated_at)}));
  return {};
}

Result<void> update_progress(SqlConnection& connection, const SourceRecord& source) {
  const std::string state = dump_json(source.state);
  const std::optional<std::int64_t> run =
      source.active_run ? std::optional(source.active_run->value) : std::nullopt;
  FIT_CHECK(connection.execute(
      "UPDATE sources SET next_run_at = $2, active_run = $3, state = $4, health = $5, health_since = $6, "
      "health_reason = $7, last_success_at = $8 WHERE id = $1",
      {source.id.value, ticks_or_null(source.next_run_at), sql::nullable(run), std::string_view(state),
       to_string(source.health), sql::ticks(source.health_since), std::string_view(source.health_reason),
       ticks_or_null(source.last_success_at)}));
  return {};
}

Result<SourceRunId> insert_run(SqlConnection& connection, const RunRecord& run) {
  static const std::string sql = [] {
    const std::string columns = std::string(kRunColumns.substr(kRunColumns.find("source_id")));
    return "INSERT INTO source_runs (" + columns + ") VALUES ($1, " + placeholders_to(29) + ") RETURNING id";
  }();
  const RunTexts texts(run);
  std::vector<SqlValue> values = run_values(run, texts);
  values.insert(values.begin(), SqlValue(run.source.value));
  SourceRunId id;
  FIT_CHECK(connection.query(sql, values, [&id](const SqlRow& row) { id = {row.integer(0)}; }));
  return id;
}

Result<std::vector<RunRecord>> read_runs(SqlConnection& connection, std::string_view condition,
                                         std::span<const SqlValue> values) {
  std::vector<RunRecord> runs;
  FIT_CHECK(connection.query(fit::format("SELECT {} FROM source_runs {}", kRunColumns, condition), values,
                             [&runs](const SqlRow& row) { runs.push_back(run_of(row)); }));
  return runs;
}

Result<RunRecord> lock_run(SqlConnection& connection, SourceRunId id) {
  FIT_CHECK(connection.execute("UPDATE source_runs SET updated_at = updated_at WHERE id = $1", {id.value}));
  const SqlValue value = id.value;
  FIT_TRY(auto runs, read_runs(connection, "WHERE id = $1", std::span(&value, 1)));
  if (runs.empty()) return not_found("there is no run " + id.str());
  return std::move(runs.front());
}

Result<void> update_run(SqlConnection& connection, const RunRecord& run) {
  static const std::string sql = [] {
    const std::string columns = std::string(kRunColumns.substr(kRunColumns.find("state,")));
    return "UPDATE source_runs SET (" + columns + ") = (" + placeholders_to(29) + ") WHERE id = $1";
  }();
  const RunTexts texts(run);
  std::vector<SqlValue> values = run_values(run, texts);
  values.insert(values.begin(), SqlValue(run.id.value));
  FIT_CHECK(connection.execute(sql, values));
  return {};
}

}  // namespace fit::ingest
