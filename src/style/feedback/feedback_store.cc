#include "style/feedback/feedback_store.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/format.h"
#include "sql/sql_times.h"

namespace fit::style {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

constexpr std::string_view kFeedbackColumns =
    "f.id, f.target_kind, f.target, f.signal, f.event_key, f.value, f.context, f.given_at";

// The stored name's place in a list; the first for a damaged row.
template <class Enum, std::size_t Size>
Enum stored_choice(const std::array<std::string_view, Size>& names, std::string_view name) {
  const auto* const found = std::ranges::find(names, name);
  return found == names.end() ? Enum{} : static_cast<Enum>(found - names.begin());
}

Feedback read_feedback(const SqlRow& row) {
  return {.id = FeedbackId{row.integer(0)},
          .target = {.kind = stored_choice<FeedbackTarget::Kind>(kFeedbackTargets, row.text(1)),
                     .id = std::string(row.text(2))},
          .signal = stored_choice<Signal>(kSignals, row.text(3)),
          .value = sql::optional_real(row, 5),
          .context = std::string(row.text(6)),
          .key = std::string(row.text(4)),
          .given_at = sql::time_at(row, 7)};
}

Result<std::vector<Feedback>> select_feedback(SqlConnection& connection, std::string_view condition,
                                              std::initializer_list<SqlValue> values) {
  std::vector<Feedback> found;
  FIT_CHECK(connection.query(fit::format("SELECT {} FROM feedback f WHERE {}", kFeedbackColumns, condition),
                             values, [&found](const SqlRow& row) { found.push_back(read_feedback(row)); }));
  return found;
}

// Announces a change of a person's feedback. Other changes of it wait until the transaction ends.
Result<void> begin_change(SqlConnection& connection, const Person& person) {
  FIT_CHECK(connection.execute(
      "INSERT INTO feedback_people (person, revision) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET "
      "revision = CASE WHEN feedback_people.revision >= EXCLUDED.revision THEN feedback_people.revision + 1 "
      "ELSE EXCLUDED.revision END",
      {std::string_view(person.str()), sql::ticks(now())}));
  return {};
}

// Forgets what the person's choices taught the weights of searches.
Result<void> forget_weights(SqlConnection& connection, std::string_view person) {
  FIT_CHECK(connection.execute("DELETE FROM fusion_people WHERE person = $1", {person}));
  return {};
}

// Moves the weights of a device, and its searches that wait for a choice, to a user.
Result<void> merge_weights(SqlConnection& connection, std::string_view device, std::string_view user) {
  FIT_CHECK(
      connection.execute("DELETE FROM fusion_people WHERE person = $1 AND EXISTS (SELECT 1 FROM "
                         "fusion_people u WHERE u.person = "
                         "$2 AND u.query_type = fusion_people.query_type)",
                         {device, user}));
  FIT_CHECK(connection.execute("UPDATE fusion_people SET person = $2 WHERE person = $1", {device, user}));
  FIT_CHECK(connection.execute("UPDATE fusion_searches SET person = $2 WHERE person = $1", {device, user}));
  return {};
}

std::optional<Signal> opposite_of(Signal signal) {
  if (signal == Signal::kLike) return Signal::kDislike;
  if (signal == Signal::kDislike) return Signal::kLike;
  return std::nullopt;
}

// What is stored already under the key, or without a key as the signal of the target.
Result<std::optional<Feedback>> find_same(SqlConnection& connection, const Person& person,
                                          const NewFeedback& feedback) {
  std::vector<Feedback> found;
  if (feedback.key.empty()) {
    FIT_TRY(found, select_feedback(connection,
                                   "f.person = $1 AND f.target_kind = $2 AND f.target = $3 AND f.signal = $4 "
                                   "AND f.event_key = ''",
                                   {std::string_view(person.str()), to_string(feedback.target.kind),
                                    std::string_view(feedback.target.id), to_string(feedback.signal)}));
  } else {
    FIT_TRY(found, select_feedback(connection, "f.person = $1 AND f.event_key = $2 AND f.event_key <> ''",
                                   {std::string_view(person.str()), std::string_view(feedback.key)}));
  }
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<Feedback> insert_feedback(SqlConnection& connection, const Person& person, const NewFeedback& feedback,
                                 Timestamp time) {
  Feedback stored{.id = {},
                  .target = feedback.target,
                  .signal = feedback.signal,
                  .value = feedback.value,
                  .context = feedback.context.is_null() ? std::string() : dump_json(feedback.context),
                  .key = feedback.key,
                  .given_at = time};
  FIT_CHECK(connection.query(
      "INSERT INTO feedback (person, target_kind, target, signal, event_key, value, context, given_at) "
      "VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
      {std::string_view(person.str()), to_string(stored.target.kind), std::string_view(stored.target.id),
       to_string(stored.signal), std::string_view(stored.key), sql::nullable(stored.value),
       std::string_view(stored.context), sql::ticks(time)},
      [&stored](const SqlRow& row) { stored.id = FeedbackId{row.integer(0)}; }));
  return stored;
}

Result<void> drop_oldest(SqlConnection& connection, const Person& person) {
  FIT_CHECK(connection.execute(
      "DELETE FROM feedback WHERE person = $1 AND id <= (SELECT f.id FROM feedback f WHERE f.person = $1 "
      "ORDER BY f.id DESC LIMIT 1 OFFSET $2)",
      {std::string_view(person.str()), sql::sql_limit(FeedbackStore::kMaxOfPerson)}));
  return {};
}

// Removes what would be twice after a merge, of both people.
Result<void> remove_repeated(SqlConnection& connection, std::string_view device, std::string_view user) {
  FIT_CHECK(connection.execute(
      "DELETE FROM feedback WHERE person = $1 AND event_key = '' AND EXISTS (SELECT 1 FROM feedback u WHERE "
      "u.person = $2 AND u.target_kind = feedback.target_kind AND u.target = feedback.target AND "
      "u.signal = feedback.signal AND u.event_key = '' AND u.given_at >= feedback.given_at)",
      {device, user}));
  FIT_CHECK(connection.execute(
      "DELETE FROM feedback WHERE person = $2 AND event_key = '' AND EXISTS (SELECT 1 FROM feedback d WHERE "
      "d.person = $1 AND d.target_kind = feedback.target_kind AND d.target = feedback.target AND "
      "d.signal = feedback.signal AND d.event_key = '')",
      {device, user}));
  FIT_CHECK(connection.execute(
      "DELETE FROM feedback WHERE person = $1 AND event_key <> '' AND EXISTS (SELECT 1 FROM feedback u WHERE "
      "u.person = $2 AND u.event_key <> '' AND u.event_key = feedback.event_key)",
      {device, user}));
  return {};
}

// Leaves the later one of a like and a dislike of one target.
Result<void> remove_contradictions(SqlConnection& connection, std::string_view user) {
  FIT_CHECK(connection.execute(
      "DELETE FROM feedback WHERE person = $1 AND signal IN ('like', 'dislike') AND EXISTS (SELECT 1 FROM "
      "feedback o WHERE o.person = $1 AND o.target_kind = feedback.target_kind AND "
      "o.target = feedback.target AND o.signal IN ('like', 'dislike') AND o.signal <> feedback.signal AND "
      "(o.given_at > feedback.given_at OR (o.given_at = feedback.given_at AND o.id > feedback.id)))",
      {user}));
  return {};
}

}  // namespace

Result<FeedbackStore::Recorded> FeedbackStore::record(const Person& person, const NewFeedback& feedback,
                                                      Timestamp time) {
  FIT_CHECK(check_feedback(feedback));
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Recorded> {
    FIT_CHECK(begin_change(connection, person));
    FIT_TRY(std::optional<Feedback> same, find_same(connection, person, feedback));
    if (same && (same->target != feedback.target || same->signal != feedback.signal)) {
      return Error{ErrorCode::kConflict, "is the key of other feedback", "key", {}};
    }
    if (same && same->value != feedback.value) {
      FIT_CHECK(connection.execute("UPDATE feedback SET value = $1, given_at = $2 WHERE id = $3",
                                   {sql::nullable(feedback.value), sql::ticks(time), same->id.value}));
      same->value = feedback.value;
      same->given_at = time;
    }
    if (same) return Recorded{.feedback = *std::move(same), .is_new = false};
    if (const auto opposite = opposite_of(feedback.signal)) {
      FIT_CHECK(connection.execute(
          "DELETE FROM feedback WHERE person = $1 AND target_kind = $2 AND target = $3 AND signal = $4",
          {std::string_view(person.str()), to_string(feedback.target.kind),
           std::string_view(feedback.target.id), to_string(*opposite)}));
    }
    FIT_TRY(Feedback stored, insert_feedback(connection, person, feedback, time));
    FIT_CHECK(drop_oldest(connection, person));
    return Recorded{.feedback = std::move(stored), .is_new = true};
  });
}

Result<void> FeedbackStore::undo(const Person& person, const FeedbackTarget& target, Signal signal) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(begin_change(connection, person));
    FIT_TRY(const std::int64_t removed,
            connection.execute(
                "DELETE FROM feedback WHERE person = $1 AND target_kind = $2 AND target = $3 AND signal = $4",
                {std::string_view(person.str()), to_string(target.kind), std::string_view(target.id),
                 to_string(signal)}));
    if (removed == 0) return not_found("there is no such feedback");
    if (is_choice(signal)) FIT_CHECK(forget_weights(connection, person.str()));
    return {};
  });
}

Result<std::vector<Feedback>> FeedbackStore::list(const Person& person, const FeedbackListOptions& options) {
  const std::int64_t before = options.before == 0 ? std::numeric_limits<std::int64_t>::max() : options.before;
  const std::string_view kind = options.kind ? to_string(*options.kind) : "";
  const std::string_view signal = options.signal ? to_string(*options.signal) : "";
  return database_.read([&](SqlConnection& connection) {
    return select_feedback(
        connection,
        "f.person = $1 AND f.id < $2 AND ($3 = '' OR f.target_kind = $3) AND "
        "($4 = '' OR f.signal = $4) ORDER BY f.id DESC LIMIT $5",
        {std::string_view(person.str()), before, kind, signal, sql::sql_limit(options.limit)});
  });
}

Result<std::vector<Feedback>> FeedbackStore::history(const Person& person) {
  return database_.read([&](SqlConnection& connection) {
    return select_feedback(connection, "f.person = $1 ORDER BY f.given_at, f.id",
                           {std::string_view(person.str())});
  });
}

Result<void> FeedbackStore::forget(const Person& person, FeedbackId id) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(begin_change(connection, person));
    std::optional<Signal> removed;
    FIT_CHECK(connection.query("DELETE FROM feedback WHERE person = $1 AND id = $2 RETURNING signal",
                               {std::string_view(person.str()), id.value}, [&removed](const SqlRow& row) {
                                 removed = stored_choice<Signal>(kSignals, row.text(0));
                               }));
    if (!removed) return not_found("there is no such feedback");
    if (is_choice(*removed)) FIT_CHECK(forget_weights(connection, person.str()));
    return {};
  });
}

Result<std::int64_t> FeedbackStore::forget_all(const Person& person) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::int64_t> {
    FIT_CHECK(begin_change(connection, person));
    const std::string_view text = person.str();
    FIT_TRY(const std::int64_t removed, connection.execute("DELETE FROM feedback WHERE person = $1", {text}));
    FIT_CHECK(connection.execute("DELETE FROM feedback_people WHERE person = $1", {text}));
    FIT_CHECK(forget_weights(connection, text));
    FIT_CHECK(connection.execute("DELETE FROM fusion_searches WHERE person = $1", {text}));
    return removed;
  });
}

Result<void> FeedbackStore::forget_target(SqlConnection& connection, const Person& person,
                                          const FeedbackTarget& target) {
  const bool has_pieces = target.kind == FeedbackTarget::Kind::kOutfit;
  const std::string pieces = has_pieces ? target.id + "/" : std::string();
  constexpr std::string_view kOfTarget =
      "person = $1 AND ((target_kind = $2 AND target = $3) OR "
      "($4 <> '' AND target_kind = 'piece' AND substr(target, 1, length($4)) = $4))";
  const std::array<SqlValue, 4> values = {std::string_view(person.str()), to_string(target.kind),
                                          std::string_view(target.id), std::string_view(pieces)};
  bool is_known = false;
  FIT_CHECK(connection.query(fit::format("SELECT id FROM feedback WHERE {} LIMIT 1", kOfTarget), values,
                             [&is_known](const SqlRow&) { is_known = true; }));
  if (!is_known) return {};
  // Before the rows are locked, as everywhere: two changes would otherwise wait for each other.
  FIT_CHECK(begin_change(connection, person));
  FIT_CHECK(connection.execute(fit::format("DELETE FROM feedback WHERE {}", kOfTarget), values));
  return {};
}

Result<std::int64_t> FeedbackStore::merge(const Person& device, const Person& user) {
  if (device == user) return 0;
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::int64_t> {
    // In one order, so that two merges never wait for each other.
    FIT_CHECK(begin_change(connection, std::min(device, user, [](const Person& one, const Person& other) {
                             return one.str() < other.str();
                           })));
    FIT_CHECK(begin_change(connection, std::max(device, user, [](const Person& one, const Person& other) {
                             return one.str() < other.str();
                           })));
    FIT_CHECK(remove_repeated(connection, device.str(), user.str()));
    FIT_TRY(const std::int64_t moved,
            connection.execute("UPDATE feedback SET person = $2 WHERE person = $1",
                               {std::string_view(device.str()), std::string_view(user.str())}));
    FIT_CHECK(remove_contradictions(connection, user.str()));
    FIT_CHECK(merge_weights(connection, device.str(), user.str()));
    FIT_CHECK(drop_oldest(connection, user));
    FIT_CHECK(connection.execute("DELETE FROM feedback_people WHERE person = $1",
                                 {std::string_view(device.str())}));
    return moved;
  });
}

Result<std::int64_t> FeedbackStore::revision(const Person& person) {
  return database_.read([&](SqlConnection& connection) -> Result<std::int64_t> {
    FIT_TRY(const auto revision,
            connection.query_integer("SELECT revision FROM feedback_people WHERE person = $1",
                                     {std::string_view(person.str())}));
    return revision.value_or(0);
  });
}

Result<std::vector<std::int64_t>> FeedbackStore::users() {
  constexpr std::string_view kPrefix = "user:";
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> ids;
    FIT_CHECK(
        connection.query("SELECT person FROM feedback_people WHERE person LIKE 'user:%' UNION "
                         "SELECT person FROM fusion_people WHERE person LIKE 'user:%' UNION "
                         "SELECT person FROM fusion_searches WHERE person LIKE 'user:%'",
                         {}, [&](const SqlRow& row) {
                           const auto id = parse_id("person", row.text(0).substr(kPrefix.size()));
                           if (id) ids.push_back(*id);
                         }));
    return ids;
  });
}

}  // namespace fit::style
