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

// Makes items of the objects of a JSON or NDJSON file. Unless the context names a shape, the first object
// decides how all are read: in our own form, if it has only members and values of this form; otherwise as
// listings of a marketplace. In our own form an unknown member rejects its row; otherwise unknown members are
// left out and reported by a remark. Not thread-safe.
class JsonRows {
 public:
  // kInvalid naming "format" for an unknown shape and "map" for a wrong mapping.
  static Result<JsonRows> make(const SourceContext& context);

  // Makes the item of a row's text, or the error for which the row is rejected.
  ImportRow read(ItemDraft::Place place, std::string_view json);
  // Makes the rejected row for a text that is not an object.
  ImportRow reject(ItemDraft::Place place, Error error) const;

  // Decides how the file is read, by its first object. Has no effect when this was decided before, or when
  // the text is not an object.
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
