#include "ingest/labels/labels.h"

#include <algorithm>
#include <set>

#include "base/format.h"
#include "domain/properties.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

// A row of the table.
struct LabelRow {
  std::int64_t target = 0;
  Label label;
  bool is_removed = false;
};

constexpr std::string_view kSelectLabels =
    "SELECT target_id, field, value, language, confidence, origin, author, version, removed, created_at "
    "FROM labels ";

LabelRow label_row(const SqlRow& row) {
  LabelRow read;
  read.target = row.integer(0);
  read.label = {
      .field = std::string(row.text(1)),
      .value = std::string(row.text(2)),
      .language = std::string(row.text(3)),
      .confidence = static_cast<float>(row.real(4)),
      .origin = row.text(5) == to_string(LabelOrigin::kPerson) ? LabelOrigin::kPerson : LabelOrigin::kModel,
      .author = std::string(row.text(6)),
      .version = std::string(row.text(7)),
      .created_at = sql::time_at(row, 9)};
  read.is_removed = row.integer(8) != 0;
  return read;
}

bool has_one_text(std::string_view field) {
  return field == kTitleField || field == kDescriptionField;
}

// Where the label of a field is stored.
std::string_view slot_of(std::string_view field, std::string_view value) {
  return field == kTagField ? value : std::string_view();
}

// The place of a field in a list of labels.
std::size_t place_of(std::string_view field) {
  if (field == kTitleField) return 0;
  if (field == kDescriptionField) return 1;
  const auto property = domain::property_index(field);
  return property ? 2 + *property : 2 + domain::kProperties.size();
}

// The labels of one target without what people have removed. A machine that ran while a person removed a
// value may have written it again; the value counts as removed.
std::vector<Label> present_labels(std::vector<LabelRow> rows) {
  std::set<std::pair<std::string, std::string>> removed;
  for (const LabelRow& row : rows) {
    if (row.is_removed) removed.emplace(row.label.field, row.label.value);
  }
  std::vector<Label> labels;
  for (LabelRow& row : rows) {
    const bool is_hidden = row.is_removed || (row.label.origin == LabelOrigin::kModel &&
                                              removed.contains({row.label.field, row.label.value}));
    if (!is_hidden) labels.push_back(std::move(row.label));
  }
  std::ranges::sort(labels, {}, [](const Label& label) {
    return std::pair(place_of(label.field), std::string_view(label.value));
  });
  return labels;
}

// Writes a row, whoever has written it before.
struct LabelPlace {
  std::string_view slot;
  Timestamp time;
  bool is_removed = false;
};
Result<void> put_label_row(SqlConnection& connection, const LabelTarget& target, const LabelPlace& place,
                           const Label& label) {
  FIT_CHECK(connection.execute(
      "INSERT INTO labels (target, target_id, field, slot, value, language, confidence, origin, author, "
      "version, removed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
      "ON CONFLICT (target, target_id, field, slot) DO UPDATE SET value = EXCLUDED.value, "
      "language = EXCLUDED.language, confidence = EXCLUDED.confidence, origin = EXCLUDED.origin, "
      "author = EXCLUDED.author, version = EXCLUDED.version, removed = EXCLUDED.removed, "
      "created_at = EXCLUDED.created_at",
      {to_string(target.kind), target.id, std::string_view(label.field), place.slot,
       std::string_view(label.value), std::string_view(label.language), double{label.confidence},
       to_string(label.origin), std::string_view(label.author), std::string_view(label.version),
       std::int64_t{place.is_removed}, sql::ticks(place.time)}));
  return {};
}

// Writes a machine's row, unless there is one.
Result<std::int64_t> add_machine_row(SqlConnection& connection, const LabelTarget& target,
                                     const Label& label) {
  return connection.execute(
      "INSERT INTO labels (target, target_id, field, slot, value, language, confidence, origin, author, "
      "version, removed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'model', $8, $9, 0, $10) "
      "ON CONFLICT (target, target_id, field, slot) DO NOTHING",
      {to_string(target.kind), target.id, std::string_view(label.field), slot_of(label.field, label.value),
       std::string_view(label.value), std::string_view(label.language), double{label.confidence},
       std::string_view(label.author), std::string_view(label.version), sql::ticks(now())});
}

Result<std::set<std::pair<std::string, std::string>>> removed_values(SqlConnection& connection,
                                                                     const LabelTarget& target) {
  std::set<std::pair<std::string, std::string>> removed;
  FIT_CHECK(
      connection.query("SELECT field, value FROM labels WHERE target = $1 AND target_id = $2 AND removed = 1",
                       {to_string(target.kind), target.id},
                       [&removed](const SqlRow& row) { removed.emplace(row.text(0), row.text(1)); }));
  return removed;
}

Result<std::vector<LabelRow>> rows_of(SqlConnection& connection, const LabelTarget& target) {
  std::vector<LabelRow> rows;
  const std::string sql = fit::format("{}WHERE target = $1 AND target_id = $2", kSelectLabels);
  FIT_CHECK(connection.query(sql, {to_string(target.kind), target.id},
                             [&rows](const SqlRow& row) { rows.push_back(label_row(row)); }));
  return rows;
}

Result<void> remove_label(SqlConnection& connection, const LabelTarget& target, Label removed) {
  FIT_TRY(auto rows, rows_of(connection, target));
  const std::vector<Label> labels = present_labels(std::move(rows));
  const auto found = std::ranges::find_if(labels, [&removed](const Label& label) {
    return label.field == removed.field && (removed.value.empty() || label.value == removed.value);
  });
  if (found == labels.end()) return not_found("there is no such label");
  removed.value = has_one_text(removed.field) ? std::string() : found->value;
  if (!has_one_text(removed.field) && removed.field != kTagField) {
    FIT_CHECK(connection.execute(
        "DELETE FROM labels WHERE target = $1 AND target_id = $2 AND field = $3 AND slot = '' AND value = $4",
        {to_string(target.kind), target.id, std::string_view(removed.field),
         std::string_view(removed.value)}));
  }
  return put_label_row(connection, target, {.slot = removed.value, .time = now(), .is_removed = true},
                       removed);
}

}  // namespace

Result<Timestamp> set_label(SqlConnection& connection, const LabelTarget& target, const Label& label) {
  // It is no longer removed.
  FIT_CHECK(connection.execute(
      "DELETE FROM labels WHERE target = $1 AND target_id = $2 AND field = $3 AND slot = $4 AND removed = 1",
      {to_string(target.kind), target.id, std::string_view(label.field), std::string_view(label.value)}));
  if (label.field == kTagField) {
    FIT_TRY(const auto tags,
            connection.query_integer(
                "SELECT COUNT(*) FROM labels WHERE target = $1 AND target_id = $2 AND field "
                "= $3 AND origin = 'person' AND removed = 0 AND slot <> $4",
                {to_string(target.kind), target.id, kTagField, std::string_view(label.value)}));
    if (tags.value_or(0) >= static_cast<std::int64_t>(kMaxLabelTags)) {
      return invalid("value", fit::format("there are {} tags already", kMaxLabelTags));
    }
  }
  const Timestamp time = now();
  FIT_CHECK(
      put_label_row(connection, target, {.slot = slot_of(label.field, label.value), .time = time}, label));
  return time;
}

Result<void> erase_labels(SqlConnection& connection, LabelTarget::Kind kind,
                          std::span<const std::int64_t> ids) {
  for (const std::int64_t id : ids) {
    FIT_CHECK(
        connection.execute("DELETE FROM labels WHERE target = $1 AND target_id = $2", {to_string(kind), id}));
  }
  return {};
}

Result<void> merge_labels(SqlConnection& connection, LabelTarget::Kind kind, std::int64_t from,
                          std::int64_t to) {
  // Rows of machines make room, and rows of people move where no person has written.
  FIT_CHECK(connection.execute(
      "DELETE FROM labels WHERE target = $1 AND target_id = $2 AND origin = 'model' AND EXISTS "
      "(SELECT 1 FROM labels o WHERE o.target = labels.target AND o.target_id = $3 AND o.field = "
      "labels.field "
      "AND o.slot = labels.slot AND o.origin = 'person')",
      {to_string(kind), to, from}));
  FIT_CHECK(connection.execute(
      "UPDATE labels SET target_id = $2 WHERE target = $1 AND target_id = $3 AND origin = 'person' AND NOT "
      "EXISTS (SELECT 1 FROM labels o WHERE o.target = labels.target AND o.target_id = $2 AND o.field = "
      "labels.field AND o.slot = labels.slot)",
      {to_string(kind), to, from}));
  return erase_labels(connection, kind, std::span(&from, 1));
}

Result<std::vector<Label>> Labels::get(const LabelTarget& target) {
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<Label>> {
    FIT_TRY(auto rows, rows_of(connection, target));
    return present_labels(std::move(rows));
  });
}

Result<Labels::ById> Labels::read(LabelTarget::Kind kind, std::span<const std::int64_t> ids) {
  const std::string sql = fit::format("{}WHERE target = '{}' AND target_id", kSelectLabels, to_string(kind));
  return database_->read([&](SqlConnection& connection) -> Result<ById> {
    std::map<std::int64_t, std::vector<LabelRow>> rows;
    FIT_CHECK(sql::query_among(connection, sql, ids, [&rows](const SqlRow& row) {
      LabelRow read = label_row(row);
      rows[read.target].push_back(std::move(read));
    }));
    ById labels;
    for (auto& [id, of_target] : rows) {
      auto present = present_labels(std::move(of_target));
      if (!present.empty()) labels.emplace(id, std::move(present));
    }
    return labels;
  });
}

Result<Timestamp> Labels::set(const LabelTarget& target, const Label& label) {
  return database_->write(Ordering::kUnordered,
                          [&](SqlConnection& connection) { return set_label(connection, target, label); });
}

Result<void> Labels::remove(const LabelTarget& target, std::string_view field, std::string_view value,
                            std::string_view author) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return remove_label(
        connection, target,
        {.field = std::string(field), .value = std::string(value), .author = std::string(author)});
  });
}

Result<std::int64_t> Labels::write_machine(const LabelTarget& target, std::span<const Label> labels) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::int64_t> {
    FIT_CHECK(
        connection.execute("DELETE FROM labels WHERE target = $1 AND target_id = $2 AND origin = 'model'",
                           {to_string(target.kind), target.id}));
    FIT_TRY(const auto removed, removed_values(connection, target));
    std::int64_t stored = 0;
    for (const Label& label : labels) {
      if (removed.contains({label.field, label.value})) continue;
      FIT_TRY(const std::int64_t added, add_machine_row(connection, target, label));
      stored += added;
    }
    return stored;
  });
}

}  // namespace fit::ingest
