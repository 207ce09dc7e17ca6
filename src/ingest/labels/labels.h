#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/labels/label.h"
#include "sql/database.h"

namespace fit::ingest {

// The table of labels. What a person has written stays until a person changes it, and what a person has
// removed does not return: a machine's labels never replace either. A field has one value, except the tags. A
// removed value of a property or a removed tag does not return; after a removed title or description the
// field stays empty until a person writes it.
//
// Thread-safe; calls block. Errors besides those named: as for sql::Database. Borrows the database; copies
// are cheap. Labels do not know whether their target exists; whoever removes a target calls erase_labels().
class Labels {
 public:
  explicit Labels(sql::Database& database) : database_(&database) {}

  // The labels of one target: title and description first, then the properties in the order of
  // domain::kProperties, then the tags by value.
  Result<std::vector<Label>> get(const LabelTarget& target);
  // The same for many targets of a kind. Targets without labels are not in the map.
  using ById = std::map<std::int64_t, std::vector<Label>>;
  Result<ById> read(LabelTarget::Kind kind, std::span<const std::int64_t> ids);

  // Writes a label of person_label() and returns its time. It replaces the field's label, or adds a tag.
  // kInvalid naming "value" when a person's tags are kMaxLabelTags already.
  Result<Timestamp> set(const LabelTarget& target, const Label& label);
  // Removes the label of a field, or the one tag `value`; for properties a `value` that is not empty must be
  // the label's. kNotFound when there is no such label.
  Result<void> remove(const LabelTarget& target, std::string_view field, std::string_view value,
                      std::string_view author);

  // Replaces what machines have said of the target by `labels`, all of which have the origin kModel. Labels
  // that people have written or removed stay as they are. Returns the number that was stored.
  Result<std::int64_t> write_machine(const LabelTarget& target, std::span<const Label> labels);

 private:
  sql::Database* database_;
};

// The same within a caller's write transaction (Ordering::kUnordered suffices).
Result<Timestamp> set_label(sql::SqlConnection& connection, const LabelTarget& target, const Label& label);
// Removes everything that is known of the targets, what people have written too: the targets are gone.
Result<void> erase_labels(sql::SqlConnection& connection, LabelTarget::Kind kind,
                          std::span<const std::int64_t> ids);
// Gives what people have written and removed of `from` to `to`, unless a person has written the same field
// there, and erases the rest of `from`. For a target that becomes part of another one.
Result<void> merge_labels(sql::SqlConnection& connection, LabelTarget::Kind kind, std::int64_t from,
                          std::int64_t to);

// A condition of SQL that joins the title of a target, for lists in its order: "LEFT JOIN labels ON " +
// kTitleOfCluster, then labels.value, which is NULL without a title. The clusters' id is "c.id".
inline constexpr std::string_view kTitleOfCluster =
    "labels.target = 'cluster' AND labels.target_id = c.id AND labels.field = 'title' AND labels.slot = '' "
    "AND labels.removed = 0";

}  // namespace fit::ingest
