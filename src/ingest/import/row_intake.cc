#include "ingest/import/row_intake.h"

#include <algorithm>

#include "base/format.h"
#include "ingest/import/import_row.h"

namespace fit::ingest {
namespace {

// The error of a row without an image: the warning about the first image that it names, if there is one.
Error no_image(const Warnings& warnings) {
  const auto of_image =
      std::ranges::find_if(warnings, [](const Warning& w) { return w.field.starts_with("image"); });
  if (of_image == warnings.end()) return invalid("images", "the row has no image");
  std::string reason = of_image->reason;
  constexpr std::string_view kEnd = "; left out";
  if (reason.ends_with(kEnd)) reason.resize(reason.size() - kEnd.size());
  return invalid(of_image->field, std::move(reason));
}

}  // namespace

Result<void> RowIntake::check(const ImportRow& row) {
  if (!row.item) return row.item.error();
  const domain::Listing& listing = row.item->listing;
  const domain::ItemKey key{listing.source, listing.external_id};
  if (key.external_id.empty()) {
    ++rows_without_id_;
  } else {
    listed_.add(key, row.line);
  }
  if (row.item->images.empty()) return no_image(row.warnings);
  FIT_CHECK(catalog_.check(*row.item));
  if (const auto first = accepted_.add(key, row.line)) {
    return Error{
        ErrorCode::kConflict,
        fit::format("the id {} was given before, in line {}; the first row counts", key.external_id, *first),
        "external_id",
        {}};
  }
  if (sources_.size() < kMaxSources) sources_.insert(key.source);
  return {};
}

Reject RowIntake::rejection(const ImportRow& row, const Error& error) {
  Reject reject{.line = row.line,
                .field = error.field,
                .reason = error.message,
                .external_id = row.external_id,
                .title = row.title};
  const auto of_field = std::ranges::find(row.warnings, error.field, &Warning::field);
  if (of_field != row.warnings.end()) {
    reject.value = of_field->value;
  } else if (row.item) {
    reject.value = rejected_value(*row.item, error.field);
  }
  return reject;
}

bool RowIntake::accept(ImportRow& row) {
  if (!row.item) ++rows_without_id_;
  if (const auto good = check(row); !good) {
    tally_.reject(rejection(row, good.error()), row.end_offset, row.text);
    return false;
  }
  for (Warning& warning : row.warnings) tally_.warn(row.line, std::move(warning));
  row.warnings.clear();
  return true;
}

}  // namespace fit::ingest
