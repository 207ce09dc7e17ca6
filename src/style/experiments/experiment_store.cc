#include "style/experiments/experiment_store.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "sql/sql_times.h"

namespace fit::style {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

// The place of a stored name; the first one for a damaged row.
template <class Enum, std::size_t Size>
Enum named_choice(const std::array<std::string_view, Size>& names, std::string_view name) {
  const auto* const found = std::ranges::find(names, name);
  return found == names.end() ? Enum{} : static_cast<Enum>(found - names.begin());
}

VariantOverrides stored_overrides(std::string_view text) {
  const auto json = parse_json("variant", text);
  return json && json->is_object() ? overrides_of(*json) : VariantOverrides();
}

Experiment read_experiment(const SqlRow& row) {
  Experiment one;
  one.id = ExperimentId{row.integer(0)};
  one.fields.name = row.text(1);
  one.state = named_choice<ExperimentState>(kExperimentStates, row.text(2));
  one.fields.mode = named_choice<ExperimentMode>(kExperimentModes, row.text(3));
  one.fields.metric = named_choice<ExperimentMetric>(kExperimentMetrics, row.text(4));
  one.fields.share = row.real(5);
  one.fields.a = stored_overrides(row.text(6));
  one.fields.b = stored_overrides(row.text(7));
  one.created_by = row.text(8);
  one.created_at = sql::time_at(row, 9);
  one.started_at = sql::optional_time_at(row, 10);
  one.stopped_at = sql::optional_time_at(row, 11);
  return one;
}

Result<std::vector<Experiment>> select_experiments(SqlConnection& connection, std::string_view condition,
                                                   std::initializer_list<SqlValue> values) {
  std::vector<Experiment> found;
  FIT_CHECK(connection.query(
      fit::format(
          "SELECT id, name, state, mode, metric, share, variant_a, variant_b, created_by, created_at, "
          "started_at, stopped_at FROM experiments {}",
          condition),
      values, [&found](const SqlRow& row) { found.push_back(read_experiment(row)); }));
  return found;
}

Result<Experiment> find_experiment(SqlConnection& connection, ExperimentId id) {
  FIT_TRY(auto found, select_experiments(connection, "WHERE id = $1", {id.value}));
  if (found.empty()) return not_found("there is no experiment " + id.str());
  return std::move(found.front());
}

Result<void> check_none_runs(SqlConnection& connection) {
  FIT_TRY(const auto found, select_experiments(connection, "WHERE state = 'running'", {}));
  if (found.empty()) return {};
  return Error{
      ErrorCode::kConflict,
      fit::format("cannot be running while the experiment {} runs; stop it first", found.front().id.str()),
      "state",
      {}};
}

// Puts the experiment into the state, if that is the next one or the present one.
Result<void> enter(SqlConnection& connection, Experiment& experiment, ExperimentState state, Timestamp time) {
  if (state == experiment.state) return {};
  if (experiment.state == ExperimentState::kDraft && state == ExperimentState::kRunning) {
    FIT_CHECK(check_none_runs(connection));
    experiment.started_at = time;
  } else if (experiment.state == ExperimentState::kRunning && state == ExperimentState::kStopped) {
    experiment.stopped_at = time;
  } else {
    return Error{ErrorCode::kConflict,
                 fit::format("cannot become {} after {}", to_string(state), to_string(experiment.state)),
                 "state",
                 {}};
  }
  experiment.state = state;
  return {};
}

Result<void> check_room_for_experiment(SqlConnection& connection) {
  FIT_TRY(const auto count, connection.query_integer("SELECT COUNT(*) FROM experiments", {}));
  if (count.value_or(0) < static_cast<std::int64_t>(ExperimentStore::kMaxExperiments)) return {};
  return invalid("experiments", fit::format("must not be more than {}", ExperimentStore::kMaxExperiments));
}

SqlValue stored_time(const std::optional<Timestamp>& time) {
  return time ? SqlValue(sql::ticks(*time)) : SqlValue();
}

}  // namespace

Result<Experiment> ExperimentStore::add(const ExperimentChange& given, const std::string& created_by,
                                        Timestamp time) {
  if (given.state == ExperimentState::kStopped) return invalid("state", "must be draft or running");
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Experiment> {
    FIT_CHECK(check_room_for_experiment(connection));
    Experiment one{.id = {},
                   .fields = given.fields,
                   .state = ExperimentState::kDraft,
                   .created_by = created_by,
                   .created_at = time,
                   .started_at = {},
                   .stopped_at = {}};
    FIT_CHECK(enter(connection, one, given.state.value_or(ExperimentState::kDraft), time));
    const std::string a = dump_json(overrides_json(one.fields.a));
    const std::string b = dump_json(overrides_json(one.fields.b));
    FIT_CHECK(connection.query(
        "INSERT INTO experiments (name, state, mode, metric, share, variant_a, variant_b, created_by, "
        "created_at, started_at, stopped_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL) "
        "RETURNING id",
        {std::string_view(one.fields.name), to_string(one.state), to_string(one.fields.mode),
         to_string(one.fields.metric), one.fields.share, std::string_view(a), std::string_view(b),
         std::string_view(one.created_by), sql::ticks(time), stored_time(one.started_at)},
        [&one](const SqlRow& row) { one.id = ExperimentId{row.integer(0)}; }));
    return one;
  });
}

Result<std::vector<Experiment>> ExperimentStore::list() {
  return database_.read(
      [](SqlConnection& connection) { return select_experiments(connection, "ORDER BY id DESC", {}); });
}

Result<Experiment> ExperimentStore::get(ExperimentId id) {
  return database_.read([id](SqlConnection& connection) { return find_experiment(connection, id); });
}

Result<std::optional<Experiment>> ExperimentStore::running() {
  return database_.read([](SqlConnection& connection) -> Result<std::optional<Experiment>> {
    FIT_TRY(auto found, select_experiments(connection, "WHERE state = 'running'", {}));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  });
}

Result<Experiment> ExperimentStore::change(
    ExperimentId id, const std::function<Result<ExperimentChange>(const Experiment&)>& change,
    Timestamp time) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Experiment> {
    // Locks the row where several write at a time.
    FIT_CHECK(connection.execute("UPDATE experiments SET name = name WHERE id = $1", {id.value}));
    FIT_TRY(Experiment one, find_experiment(connection, id));
    FIT_TRY(const ExperimentChange wanted, change(one));
    ExperimentFields renamed = one.fields;
    renamed.name = wanted.fields.name;
    if (one.state != ExperimentState::kDraft && wanted.fields != renamed) {
      return Error{ErrorCode::kConflict,
                   "has started, so that only its name changes; stop it and add another one",
                   "id",
                   {}};
    }
    one.fields = wanted.fields;
    if (wanted.state) FIT_CHECK(enter(connection, one, *wanted.state, time));
    const std::string a = dump_json(overrides_json(one.fields.a));
    const std::string b = dump_json(overrides_json(one.fields.b));
    FIT_CHECK(connection.execute(
        "UPDATE experiments SET name = $2, state = $3, mode = $4, metric = $5, share = $6, variant_a = $7, "
        "variant_b = $8, started_at = $9, stopped_at = $10 WHERE id = $1",
        {id.value, std::string_view(one.fields.name), to_string(one.state), to_string(one.fields.mode),
         to_string(one.fields.metric), one.fields.share, std::string_view(a), std::string_view(b),
         stored_time(one.started_at), stored_time(one.stopped_at)}));
    return one;
  });
}

Result<void> ExperimentStore::remove(ExperimentId id) {
  return database_.write(Ordering::kUnordered, [id](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM experiments WHERE id = $1", {id.value}));
    if (removed == 0) return not_found("there is no experiment " + id.str());
    return {};
  });
}

}  // namespace fit::style
