#include "ingest/import/preview.h"

#include "base/stopwatch.h"
#include "ingest/import/row_intake.h"

namespace fit::ingest {
namespace {

PreviewItem preview_item(const catalog::ItemWriter& writer, catalog::ItemInput input) {
  PreviewItem item;
  item.listing = std::move(input.listing);
  auto filled = writer.filler().merge(item.listing, item.listing.properties, {});
  item.listing.properties = std::move(filled.values);
  item.origins = filled.origins;
  for (const catalog::ImageSource& image : input.images) {
    item.images.push_back(image.location.empty() ? "sent" : image.location);
  }
  return item;
}

}  // namespace

Result<Preview> preview_import(const catalog::ItemWriter& writer, const std::filesystem::path& input,
                               const ImportOptions& options, std::size_t max_items,
                               const std::stop_token& stop) {
  const Stopwatch watch;
  FIT_TRY(const auto source, open_rows(input, options, writer.image_limits().max_bytes, stop));
  ImportTally tally({}, options.max_reported, source->total_rows(), source->total_bytes());
  RowIntake intake(writer, tally);
  Preview preview;
  for (;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(auto row, source->next());
    if (!row) break;
    if (!intake.accept(*row)) continue;
    tally.finish(store::UpsertKind::kCreated, row->end_offset);
    if (preview.items.size() < max_items)
      preview.items.push_back(preview_item(writer, *std::move(row->item)));
  }
  FIT_CHECK(tally.finish_report(preview.report));
  preview.report.read_as = source->read_as();
  preview.report.remarks = source->remarks();
  preview.report.seconds = watch.seconds();
  return preview;
}

Result<PreviewRows> preview_rows(catalog::ItemWriter& writer, const std::filesystem::path& input,
                                 const ImportOptions& options, std::size_t max_rows,
                                 const std::stop_token& stop) {
  FIT_TRY(const auto source, open_rows(input, options, writer.image_limits().max_bytes, stop));
  ImportTally tally({}, 0, source->total_rows(), source->total_bytes());
  PreviewRows preview;
  std::optional<Reject> rejected;
  tally.on_reject([&rejected](const Reject& reject, const std::string&) { rejected = reject; });
  RowIntake intake(writer, tally);
  while (preview.rows.size() < max_rows) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(auto row, source->next());
    if (!row) break;
    PreviewRow& shown = preview.rows.emplace_back();
    shown.line = row->line;
    for (const Warning& warning : row->warnings)
      shown.warned.push_back({row->line, warning.field, warning.reason, warning.value});
    rejected.reset();
    if (intake.accept(*row)) {
      const domain::ItemKey key{row->item->listing.source, row->item->listing.external_id};
      FIT_TRY(const auto known, writer.database().items().find(std::span(&key, 1)));
      shown.is_new = !known.front().has_value();
      shown.item = preview_item(writer, *std::move(row->item));
    } else {
      shown.reject = rejected;
    }
  }
  preview.read_as = source->read_as();
  preview.remarks = source->remarks();
  return preview;
}

}  // namespace fit::ingest
