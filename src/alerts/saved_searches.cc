#include "alerts/saved_searches.h"

#include "alerts/stored_query.h"
#include "base/format.h"
#include "sql/sql_times.h"

namespace fit::alerts {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;
using sql::ticks;

// Grows when the form of compiled searches changes.
constexpr int kCompilerVersion = 1;

constexpr std::string_view kSearchColumns =
    "s.id, s.recipient_id, s.created_by, s.definition, s.photo IS NOT NULL, s.revision, s.after_item, "
    "s.is_active, s.created_at, s.updated_at, s.problem";
constexpr int kSearchColumnCount = 11;

Error no_such_search() {
  return not_found("there is no such saved search");
}

Json definition_json(const AlertOptions& options, const Json& request, const search::Query& query) {
  return {{"options", options_json(options)}, {"request", request}, {"query", query_json(query)}};
}

// Reads the columns kSearchColumns. Rows that are damaged are errors.
Result<SavedSearch> read_search(const SqlRow& row) {
  const auto parsed = parse_json("definition", row.text(3));
  const bool is_whole = parsed && parsed->is_object() && parsed->contains("options") &&
                        parsed->contains("request") && parsed->contains("query");
  if (!is_whole) {
    return Error{ErrorCode::kDamaged, "a saved search is damaged", {}, fit::format("id {}", row.integer(0))};
  }
  const Json& definition = *parsed;
  SavedSearch search{.id = SavedSearchId{row.integer(0)},
                     .recipient = RecipientId{row.integer(1)},
                     .created_by = std::string(row.text(2)),
                     .options = {},
                     .request = definition["request"],
                     .query = {},
                     .has_photo = row.integer(4) != 0,
                     .revision = row.integer(5),
                     .after_item = ItemId{row.integer(6)},
                     .is_active = row.integer(7) != 0,
                     .created_at = sql::time_at(row, 8),
                     .updated_at = sql::time_at(row, 9),
                     .problem = std::string(row.text(10))};
  FIT_TRY(search.options, stored_options(definition["options"]));
  FIT_TRY(search.query, stored_query(definition["query"]));
  return search;
}

// The searches of a query, and the error of the latest row that cannot be read.
struct FoundSearches {
  std::vector<SavedSearch> readable;
  std::optional<Error> error;
};

// The searches that satisfy a condition of the table "s".
Result<FoundSearches> find_searches(SqlConnection& connection, std::string_view condition,
                                    std::initializer_list<SqlValue> values) {
  FoundSearches found;
  FIT_CHECK(
      connection.query(fit::format("SELECT {} FROM saved_searches s WHERE {}", kSearchColumns, condition),
                       values, [&found](const SqlRow& row) {
                         auto one = read_search(row);
                         if (one) {
                           found.readable.push_back(*std::move(one));
                         } else {
                           found.error = one.error();
                         }
                       }));
  return found;
}

Result<std::vector<SavedSearch>> read_searches(SqlConnection& connection, std::string_view condition,
                                               std::initializer_list<SqlValue> values) {
  FIT_TRY(auto found, find_searches(connection, condition, values));
  return std::move(found.readable);
}

Result<SavedSearch> read_one(SqlConnection& connection, SavedSearchId id) {
  FIT_TRY(auto found, find_searches(connection, "s.id = $1", {id.value}));
  if (found.error) return *std::move(found.error);
  if (found.readable.empty()) return no_such_search();
  return std::move(found.readable.front());
}

// A search as the matcher reads it, from the columns of stored_searches().
Result<StoredSearch> read_stored(const SqlRow& row) {
  FIT_TRY(auto saved, read_search(row));
  StoredSearch one{.saved = std::move(saved),
                   .compiled = {.json = std::string(row.text(kSearchColumnCount)), .vectors = {}},
                   .compiled_for = std::string(row.text(kSearchColumnCount + 2)),
                   .is_matched = row.integer(kSearchColumnCount + 3) != 0};
  if (!row.is_null(kSearchColumnCount + 1)) {
    const ByteView bytes = row.blob(kSearchColumnCount + 1);
    one.compiled.vectors.assign(bytes.begin(), bytes.end());
  }
  if (!row.is_null(kSearchColumnCount + 4)) one.waiting_from = row.integer(kSearchColumnCount + 4);
  return one;
}

// The searches that satisfy a condition of the tables "s" and "r".
Result<StoredSearches> stored_searches(SqlConnection& connection, std::string_view condition,
                                       std::initializer_list<SqlValue> values) {
  StoredSearches found;
  FIT_CHECK(connection.query(
      fit::format("SELECT {}, s.compiled, s.vectors, s.compiled_for, CASE WHEN s.is_active = 1 AND "
                  "(r.user_id IS NOT NULL OR r.email = '' OR (r.confirmed_at IS NOT NULL AND r.paused_at IS "
                  "NULL)) THEN 1 ELSE 0 END, s.waiting_from FROM saved_searches s JOIN alert_recipients r ON "
                  "r.id = s.recipient_id WHERE {} ORDER BY s.id",
                  kSearchColumns, condition),
      values, [&found](const SqlRow& row) {
        auto one = read_stored(row);
        if (one) {
          found.searches.push_back(*std::move(one));
        } else {
          found.unreadable.push_back(SavedSearchId{row.integer(0)});
        }
      }));
  return found;
}

// The next revision. Changes of saved searches follow one another until the transaction ends.
Result<std::int64_t> next_revision(SqlConnection& connection) {
  FIT_CHECK(connection.execute("UPDATE alert_matcher SET revision = revision + 1 WHERE id = 1", {}));
  FIT_TRY(const auto revision,
          connection.query_integer("SELECT revision FROM alert_matcher WHERE id = 1", {}));
  return revision.value_or(0);
}

}  // namespace

std::string compilation_key(std::int64_t space_id) {
  return fit::format("{}/{}", space_id, kCompilerVersion);
}

Result<SavedSearch> SavedSearches::create(const NewSavedSearch& search) {
  const std::string definition = dump_json(definition_json(search.options, search.request, search.query));
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<SavedSearch> {
    FIT_TRY(const std::int64_t revision, next_revision(connection));
    FIT_TRY(const auto count,
            connection.query_integer("SELECT COUNT(*) FROM saved_searches WHERE recipient_id = $1",
                                     {search.recipient.value}));
    if (count.value_or(0) >= static_cast<std::int64_t>(kMaxOfRecipient)) {
      return Error{ErrorCode::kConflict,
                   fit::format("there are {} saved searches already, the most", kMaxOfRecipient),
                   {},
                   {}};
    }
    FIT_TRY(const auto latest, connection.query_integer("SELECT MAX(id) FROM items", {}));
    const std::int64_t time = ticks(now());
    std::int64_t id = 0;
    FIT_CHECK(connection.query(
        "INSERT INTO saved_searches (recipient_id, created_by, name, definition, photo, compiled, vectors, "
        "compiled_for, revision, after_item, is_active, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, "
        "$6, "
        "$7, $8, $9, $10, 1, $11, $11) RETURNING id",
        {search.recipient.value, std::string_view(search.created_by), std::string_view(search.options.name),
         std::string_view(definition), search.photo.empty() ? SqlValue() : SqlValue(search.photo),
         std::string_view(search.compiled.json), ByteView(search.compiled.vectors),
         std::string_view(search.compiled_for), revision, latest.value_or(0), time},
        [&id](const SqlRow& row) { id = row.integer(0); }));
    return read_one(connection, SavedSearchId{id});
  });
}

Result<SavedSearch> SavedSearches::get(SavedSearchId id) {
  return database_.read([id](SqlConnection& connection) { return read_one(connection, id); });
}

Result<std::vector<SavedSearch>> SavedSearches::list(std::string_view created_by) {
  return database_.read([created_by](SqlConnection& connection) {
    return read_searches(connection, "s.created_by = $1 ORDER BY s.id DESC", {created_by});
  });
}

Result<std::vector<SavedSearch>> SavedSearches::list(RecipientId recipient) {
  return database_.read([recipient](SqlConnection& connection) {
    return read_searches(connection, "s.recipient_id = $1 ORDER BY s.id DESC", {recipient.value});
  });
}

Result<std::vector<SavedSearch>> SavedSearches::list_all(std::size_t limit) {
  return database_.read([limit](SqlConnection& connection) {
    return read_searches(connection, "s.id > 0 ORDER BY s.id DESC LIMIT $1", {sql::sql_limit(limit)});
  });
}

Result<Bytes> SavedSearches::photo(SavedSearchId id) {
  return database_.read([id](SqlConnection& connection) -> Result<Bytes> {
    Bytes photo;
    bool is_there = false;
    FIT_CHECK(connection.query("SELECT photo FROM saved_searches WHERE id = $1", {id.value},
                               [&](const SqlRow& row) {
                                 is_there = true;
                                 if (row.is_null(0)) return;
                                 const ByteView bytes = row.blob(0);
                                 photo.assign(bytes.begin(), bytes.end());
                               }));
    if (!is_there) return no_such_search();
    return photo;
  });
}

Result<SavedSearch> SavedSearches::change(SavedSearchId id, const Change& change) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<SavedSearch> {
    FIT_TRY(const std::int64_t revision, next_revision(connection));
    FIT_TRY(const SavedSearch before, read_one(connection, id));
    const std::string definition = dump_json(definition_json(change.options, before.request, before.query));
    FIT_CHECK(
        connection.execute("UPDATE saved_searches SET name = $1, definition = $2, revision = $3, is_active = "
                           "$4, updated_at = $5 "
                           "WHERE id = $6",
                           {std::string_view(change.options.name), std::string_view(definition), revision,
                            std::int64_t{change.is_active}, ticks(now()), id.value}));
    if (change.compiled) {
      FIT_CHECK(
          connection.execute("UPDATE saved_searches SET compiled = $1, vectors = $2, compiled_for = $3, "
                             "problem = '' WHERE id = $4",
                             {std::string_view(change.compiled->json), ByteView(change.compiled->vectors),
                              std::string_view(change.compiled_for), id.value}));
    }
    return read_one(connection, id);
  });
}

Result<void> SavedSearches::remove(SavedSearchId id) {
  return database_.write(Ordering::kUnordered, [id](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(next_revision(connection));
    // The alerts of this search alone go with it.
    FIT_CHECK(connection.execute(
        "DELETE FROM alerts WHERE id IN (SELECT alert_id FROM alert_searches WHERE search_id = $1) AND NOT "
        "EXISTS (SELECT 1 FROM alert_searches o WHERE o.alert_id = alerts.id AND o.search_id <> $1)",
        {id.value}));
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM saved_searches WHERE id = $1", {id.value}));
    if (removed == 0) return no_such_search();
    return {};
  });
}

Result<void> SavedSearches::end_mail(SavedSearchId id) {
  return database_.write(Ordering::kUnordered, [id](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const std::int64_t revision, next_revision(connection));
    FIT_TRY(SavedSearch search, read_one(connection, id));
    std::erase(search.options.channels, Channel{});
    const bool is_active = search.is_active && !search.options.channels.empty();
    const std::string definition = dump_json(definition_json(search.options, search.request, search.query));
    FIT_CHECK(connection.execute(
        "UPDATE saved_searches SET definition = $1, is_active = $2, revision = $3, updated_at = $4 WHERE id "
        "= $5",
        {std::string_view(definition), std::int64_t{is_active}, revision, ticks(now()), id.value}));
    FIT_CHECK(connection.execute(
        "UPDATE alert_deliveries SET state = 'dropped', ended_at = $1 WHERE search_id = $2 AND channel = "
        "'email' AND state = 'pending'",
        {ticks(now()), id.value}));
    return {};
  });
}

Result<void> SavedSearches::touch(RecipientId recipient) {
  return database_.write(Ordering::kUnordered, [recipient](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const std::int64_t revision, next_revision(connection));
    FIT_CHECK(connection.execute("UPDATE saved_searches SET revision = $1 WHERE recipient_id = $2",
                                 {revision, recipient.value}));
    return {};
  });
}

Result<MatcherState> SavedSearches::state() {
  return database_.read([](SqlConnection& connection) -> Result<MatcherState> {
    MatcherState state;
    FIT_CHECK(connection.query(
        "SELECT position, revision, batch FROM alert_matcher WHERE id = 1", {}, [&state](const SqlRow& row) {
          state = {.position = row.integer(0), .revision = row.integer(1), .batch = row.integer(2)};
        }));
    return state;
  });
}

Result<StoredSearches> SavedSearches::changed_after(std::int64_t revision) {
  return database_.read([revision](SqlConnection& connection) {
    return stored_searches(connection, "s.revision > $1", {revision});
  });
}

Result<StoredSearches> SavedSearches::waiting() {
  return database_.read([](SqlConnection& connection) {
    return stored_searches(connection, "s.waiting_from IS NOT NULL", {});
  });
}

Result<std::vector<SavedSearchId>> SavedSearches::ids() {
  return database_.read([](SqlConnection& connection) -> Result<std::vector<SavedSearchId>> {
    std::vector<SavedSearchId> ids;
    FIT_CHECK(connection.query("SELECT id FROM saved_searches ORDER BY id", {},
                               [&ids](const SqlRow& row) { ids.push_back(SavedSearchId{row.integer(0)}); }));
    return ids;
  });
}

Result<void> SavedSearches::put_compiled(const SavedSearch& search, const StoredCompilation& compiled,
                                         const std::string& compiled_for) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(
        connection.execute("UPDATE saved_searches SET compiled = $1, vectors = $2, compiled_for = $3, "
                           "problem = '' WHERE id = $4 AND revision = $5",
                           {std::string_view(compiled.json), ByteView(compiled.vectors),
                            std::string_view(compiled_for), search.id.value, search.revision}));
    return {};
  });
}

Result<void> SavedSearches::put_problem(const SavedSearch& search, const std::string& problem) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute(
        "UPDATE saved_searches SET problem = $1, waiting_from = CASE WHEN $2 = 1 THEN waiting_from END WHERE "
        "id = $3 AND revision = $4",
        {std::string_view(problem), std::int64_t{problem.empty()}, search.id.value, search.revision}));
    return {};
  });
}

Result<void> SavedSearches::wait_from(std::span<const SavedSearchId> ids, std::int64_t position) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    for (const SavedSearchId id : ids) {
      FIT_CHECK(connection.execute(
          "UPDATE saved_searches SET waiting_from = $1 WHERE id = $2 AND waiting_from IS NULL",
          {position, id.value}));
    }
    return {};
  });
}

}  // namespace fit::alerts
