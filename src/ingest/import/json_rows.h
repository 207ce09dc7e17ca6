#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/json.h"
#include "ingest/import/item_draft.h"
#include "ingest/import/row_source.h"
#include "ingest/import/shape.h"
#include "ingest/import/source_remarks.h"

namespace fit::ingest {

// Makes items of the objects of a JSON or NDJSON file. The first object decides how all are read: in our own
// form, where a member that is not known costs the row, if it has no other members and writes none in another
// way; as listings of a marketplace otherwise, where members without a meaning are left out and said once.
// Not thread-safe.
class JsonRows {
 public:
  // kInvalid naming "format" or "map".
  static Result<JsonRows> make(const SourceContext& context);

  // The item of a row's text, or why it is rejected.
  ImportRow read(ItemDraft::Place place, std::string_view json);
  // A row that cannot be read at all.
  ImportRow reject(ItemDraft::Place place, Error error) const;

  // Decides by the first object of the file.
  Result<void> look_at(std::string_view json);

  std::string read_as() const { return std::string(names_.shape().title); }
  SourceRemarks& remarks() { return remarks_; }
  const SourceRemarks& remarks() const { return remarks_; }

 private:
  JsonRows(SourceContext context, ColumnNames names)
      : context_(std::move(context)), names_(std::move(names)) {}
  Result<void> add_members(ItemDraft& draft, const Json& object);

  SourceContext context_;
  ColumnNames names_;
  bool is_decided_ = false;
  SourceRemarks remarks_;
};

}  // namespace fit::ingest
