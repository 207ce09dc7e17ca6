#include "ingest/sources/batch_writer.h"

#include <algorithm>
#include <map>
#include <set>

#include "catalog/item_writer.h"
#include "catalog/status_change.h"
#include "ingest/import/import_pipeline.h"
#include "ingest/import/row_source.h"
#include "ingest/sources/source_images.h"

namespace fit::ingest {
namespace {

constexpr int kRemovalAttempts = 5;

// A listing on its way into the catalogue.
struct BatchRow {
  WaitingListing waiting;
  std::optional<catalog::ItemInput> input = {};  // nullopt: nothing is written by the pipeline
  std::optional<domain::ItemRecord> item = {};   // that is replaced
  std::string replaces = {};                     // as WrittenListing::replaces
  std::optional<RunFailure> failure = {};
  bool is_deleted = false;  // a person has removed the item
  bool is_whole = true;
};

RunFailure failure_of(const BatchRow& row, std::string reason, std::string message) {
  return {.reason = std::move(reason),
          .url = row.waiting.known.url,
          .external_id = row.waiting.known.external_id,
          .message = std::move(message)};
}

// The rows of a batch as an import reads them; a row's line is its place, counted from 1.
class BatchRows final : public RowSource {
 public:
  explicit BatchRows(std::vector<BatchRow>& rows) : rows_(rows) {}

  Result<std::optional<ImportRow>> next() override {
    while (at_ < rows_.size()) {
      const BatchRow& row = rows_[at_++];
      if (!row.input) continue;
      return std::optional(ImportRow{.line = static_cast<std::int64_t>(at_),
                                     .end_offset = 0,
                                     .text = {},
                                     .item = *row.input,
                                     .warnings = {}});
    }
    return std::nullopt;
  }
  std::int64_t total_rows() const override { return static_cast<std::int64_t>(rows_.size()); }
  std::string read_as() const override { return "a source"; }

 private:
  std::vector<BatchRow>& rows_;
  std::size_t at_ = 0;
};

// The work on one batch.
class BatchWork {
 public:
  BatchWork(sql::Database& database, catalog::Catalog& catalog, const SourceRecord& source,
            const RunRecord& run, const std::stop_token& stop)
      : database_(database),
        writer_(catalog.writer()),
        catalog_(catalog),
        source_(source),
        run_(run),
        stop_(stop) {}

  Result<BatchReport> run(std::vector<WaitingListing> waiting, const BatchWriter::Options& options) {
    image_hosts_ = options.image_hosts;
    for (WaitingListing& listing : waiting) rows_.push_back({.waiting = std::move(listing)});
    for (BatchRow& row : rows_) FIT_CHECK(prepare(row, options.max_image_bytes));
    FIT_CHECK(import_rows(options));
    for (BatchRow& row : rows_) {
      if (stop_.stop_requested()) return cancelled();
      if (row.waiting.content.empty()) FIT_CHECK(remove(row));
    }
    return make_report();
  }

 private:
  domain::ItemKey key_of(const BatchRow& row) const {
    return {source_.spec.name, row.waiting.known.item_key};
  }

  Result<void> prepare(BatchRow& row, std::size_t max_image_bytes) {
    if (row.waiting.content.empty()) return {};
    auto json = parse_json("listing", row.waiting.content);
    auto input =
        json ? catalog::parse_item(*json, max_image_bytes) : Result<catalog::ItemInput>(json.error());
    if (!input) {
      row.failure = failure_of(row, "unreadable", input.error().describe());
      return {};
    }
    if (row.waiting.change == ListingChange::kMoved) FIT_CHECK(find_former(row, *input));
    FIT_TRY(row.item, catalog_.find(key_of(row)));
    row.is_deleted = !row.item && !row.waiting.known.status.empty();
    if (row.is_deleted) return {};
    input->listing.source = source_.spec.name;
    input->listing.external_id = row.waiting.known.item_key;
    if (row.item) keep_first_sight(*input, *row.item);
    row.input = *std::move(input);
    return {};
  }

  // Lets the listing continue the item of a listing that is gone, if title and first image are the same.
  Result<void> find_former(BatchRow& row, const catalog::ItemInput& input) {
    FIT_TRY(const auto twins, database_.read([&](sql::SqlConnection& connection) {
      return listings_of_title(connection, source_.id, row.waiting.title, row.waiting.known.external_id);
    }));
    for (const KnownListing& twin : twins) {
      if (is_still_listed(twin) || used_.contains(twin.external_id)) continue;
      FIT_TRY(const bool is_same, has_same_image(twin, input));
      if (!is_same) continue;
      used_.insert(twin.external_id);
      row.replaces = twin.external_id;
      row.waiting.known.item_key = twin.item_key;
      row.waiting.known.status = twin.status;
      return {};
    }
    return {};
  }

  bool is_still_listed(const KnownListing& twin) const {
    if (twin.status.empty() || twin.status == kDeletedListing) return true;  // has no item
    return is_offered(twin.status) && !(run_.is_complete && twin.last_seen < run_.sweep_started_at);
  }

  Result<bool> has_same_image(const KnownListing& twin, const catalog::ItemInput& input) {
    if (input.images.empty()) return false;
    FIT_TRY(const auto item, catalog_.find({source_.spec.name, twin.item_key}));
    if (!item) return false;
    FIT_TRY(auto known, writer_.known_images(std::span(&item->id, 1)));
    catalog::ImageSource first = input.images.front();
    catalog::FetchLimits limits = writer_.loader().limits_from_now(stop_);
    limits.breakers = image_hosts_;
    const auto loaded = writer_.load("images[0]", first, known.at(0), limits);
    if (stop_.stop_requested()) return cancelled();
    return loaded && loaded->known.has_value();
  }

  Result<void> import_rows(const BatchWriter::Options& options) {
    if (std::ranges::none_of(rows_, [](const BatchRow& row) { return row.input.has_value(); })) return {};
    ImportTally tally({}, rows_.size() * (catalog::kMaxImagesPerItem + 1),
                      static_cast<std::int64_t>(rows_.size()), 0);
    SourceImages images(database_, source_.id);
    ImportPipeline pipeline(writer_, tally,
                            {.threads = options.threads,
                             .loaders = options.loaders,
                             .breakers = options.image_hosts,
                             .memory = &images},
                            stop_);
    BatchRows source(rows_);
    FIT_CHECK(pipeline.run(source, [] {}));
    FIT_CHECK(images.store());
    ImportReport report;
    FIT_CHECK(tally.finish_report(report));
    for (const Reject& reject : report.rejects) {
      BatchRow& row = rows_.at(static_cast<std::size_t>(reject.line - 1));
      row.failure = failure_of(row, reject.field.starts_with("image") ? "image" : "listing",
                               reject.field.empty() ? reject.reason : reject.field + ": " + reject.reason);
    }
    for (const RowWarning& warning : report.warned) {
      if (warning.field.starts_with("image"))
        rows_.at(static_cast<std::size_t>(warning.line - 1)).is_whole = false;
    }
    return {};
  }

  // Sets the status of the item of a listing that the source no longer has, unless a person has set it.
  Result<void> remove(BatchRow& row) {
    for (int attempt = 0;; ++attempt) {
      FIT_TRY(row.item, catalog_.find(key_of(row)));
      row.is_deleted = !row.item;
      if (!row.item || !is_offered(row.item->sellers_status()) || catalog::has_edited_status(*row.item))
        return {};
      const domain::ItemWrite write = catalog::status_change(writer_, *row.item, "removed", "gone");
      const auto done = writer_.write(std::span(&write, 1));
      if (done) return {};
      if (done.error().code != ErrorCode::kConflict || attempt >= kRemovalAttempts) return done.error();
    }
  }

  BatchReport make_report() const {
    BatchReport report;
    for (const BatchRow& row : rows_) {
      const KnownListing& known = row.waiting.known;
      WrittenListing written{.external_id = known.external_id,
                             .item_key = known.item_key,
                             .status = {},
                             .is_whole = row.is_whole,
                             .failures = known.failures,
                             .replaces = row.failure ? std::string() : row.replaces};
      if (row.is_deleted) {
        written.status = kDeletedListing;
      } else if (row.failure) {
        report.failures.push_back(*row.failure);
      } else {
        written.status = row.input ? row.input->listing.status : "removed";
        count(row, report.counts);
      }
      report.written.push_back(std::move(written));
    }
    return report;
  }

  static void count(const BatchRow& row, RunCounts& counts) {
    switch (row.waiting.change) {
      case ListingChange::kNew:
        ++counts.added;
        break;
      case ListingChange::kMoved:
        ++(row.replaces.empty() ? counts.added : counts.changed);
        break;
      case ListingChange::kNone:
      case ListingChange::kChanged:
        ++counts.changed;
        break;
      case ListingChange::kRestocked:
        ++counts.restocked;
        break;
      case ListingChange::kSold:
        ++counts.sold;
        break;
      case ListingChange::kRemoved:
        ++counts.removed;
        break;
    }
  }

  sql::Database& database_;
  catalog::ItemWriter& writer_;
  catalog::Catalog& catalog_;
  const SourceRecord& source_;
  const RunRecord& run_;
  const std::stop_token& stop_;
  std::vector<BatchRow> rows_;
  std::set<std::string> used_;  // former listings that were found
  net::HostBreakers* image_hosts_ = nullptr;
};

}  // namespace

Result<BatchReport> BatchWriter::write(const SourceRecord& source, const RunRecord& run,
                                       std::vector<WaitingListing> waiting, const std::stop_token& stop) {
  return BatchWork(database_, catalog_, source, run, stop).run(std::move(waiting), options_);
}

}  // namespace fit::ingest
