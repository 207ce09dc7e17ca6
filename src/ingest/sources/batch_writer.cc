#include "ingest/sources/batch_writer.h"

#include <algorithm>
#include <atomic>
#include <set>

#include "base/hash.h"
#include "catalog/item_writer.h"
#include "catalog/status_change.h"
#include "ingest/import/import_pipeline.h"
#include "ingest/import/row_source.h"
#include "ingest/sources/source_images.h"

namespace fit::ingest {
namespace {

constexpr int kRemovalAttempts = 5;
// Images that a job fetches to compare them. It writes their listings, too, because another job would fetch
// them again.
constexpr std::size_t kMostCompared = 6;

// A listing on its way into the catalogue.
struct BatchRow {
  WaitingListing waiting;
  std::optional<catalog::ItemInput> input = {};  // nullopt: nothing is written by the pipeline
  std::optional<domain::ItemRecord> item = {};   // that is replaced
  std::string replaces = {};                     // as WrittenListing::replaces
  std::optional<RunFailure> failure = {};
  bool is_deleted = false;  // a person has removed the item
  bool is_whole = true;
  bool is_postponed = false;  // another job writes it
  bool is_compared = false;   // its first image was fetched
};

// The first image of a listing, which is fetched at most once to be compared.
struct FirstImage {
  const catalog::ImageSource& source;
  std::optional<std::string> sha256 = {};  // empty: it could not be fetched
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
            const RunRecord& run, SourceImageFetcher& images, const std::stop_token& stop)
      : database_(database),
        writer_(catalog.writer()),
        catalog_(catalog),
        source_(source),
        run_(run),
        images_(images),
        stop_(stop) {}

  Result<BatchReport> run(std::vector<WaitingListing> waiting, const BatchWriter::Options& options) {
    deadline_ = options.deadline;
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
    if (row.waiting.change == ListingChange::kMoved) {
      row.is_postponed = compared_ > 0 && (is_late() || compared_ >= kMostCompared);
      if (row.is_postponed) return {};
      FIT_CHECK(find_former(row, *input));
    }
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
    if (input.images.empty()) return {};
    FirstImage first{.source = input.images.front()};
    FIT_TRY(const auto twins, database_.read([&](sql::SqlConnection& connection) {
      return listings_of_title(connection, source_.id, row.waiting.title, row.waiting.known.external_id);
    }));
    for (const KnownListing& twin : twins) {
      if (is_still_listed(twin) || used_.contains(twin.external_id)) continue;
      FIT_TRY(const bool is_same, has_same_image(twin, first));
      if (!is_same) continue;
      used_.insert(twin.external_id);
      row.replaces = twin.external_id;
      row.waiting.known.item_key = twin.item_key;
      row.waiting.known.status = twin.status;
      break;
    }
    row.is_compared = first.sha256.has_value();
    return {};
  }

  bool is_still_listed(const KnownListing& twin) const {
    if (twin.status.empty() || twin.status == kDeletedListing) return true;  // has no item
    return is_offered(twin.status) && !(run_.is_complete && twin.last_seen < run_.sweep_started_at);
  }

  Result<bool> has_same_image(const KnownListing& twin, FirstImage& first) {
    FIT_TRY(const auto item, catalog_.find({source_.spec.name, twin.item_key}));
    if (!item) return false;
    const auto has = [&](auto member, const std::string& value) {
      return std::ranges::contains(item->images, value, member);
    };
    if (has(&domain::ImageFields::location, first.source.location)) return true;
    if (!first.sha256) {
      catalog::ImageSource source = first.source;
      const auto loaded = writer_.loader().load("images[0]", source, {.stop = stop_, .fetcher = &images_});
      ++compared_;
      if (stop_.stop_requested()) return cancelled();
      if (!loaded && loaded.error().field.empty()) return loaded.error();
      first.sha256 = loaded ? sha256_hex(*loaded) : std::string();
    }
    return !first.sha256->empty() && has(&domain::ImageFields::sha256, *first.sha256);
  }

  bool is_late() const { return std::chrono::steady_clock::now() >= deadline_; }

  // Whether the images of a row may be loaded now. Those of the first row always may, so that every job gets
  // on.
  bool may_load(BatchRow& row) {
    row.is_postponed = is_late() && !row.is_compared && has_loaded_.load();
    if (!row.is_postponed) has_loaded_ = true;
    return !row.is_postponed;
  }

  Result<void> import_rows(const BatchWriter::Options& options) {
    if (std::ranges::none_of(rows_, [](const BatchRow& row) { return row.input.has_value(); })) return {};
    ImportTally tally({}, rows_.size() * (catalog::kMaxImagesPerItem + 1),
                      static_cast<std::int64_t>(rows_.size()), 0);
    SourceImages memory(database_, source_.id);
    ImportPipeline pipeline(writer_, tally,
                            {.threads = options.threads,
                             .loaders = options.loaders,
                             .fetcher = &images_,
                             .memory = &memory,
                             .may_load = [this](std::int64_t line) { return may_load(row_at(line)); }},
                            stop_);
    BatchRows source(rows_);
    FIT_CHECK(pipeline.run(source, [] {}));
    FIT_CHECK(memory.store());
    ImportReport report;
    FIT_CHECK(tally.finish_report(report));
    for (const Reject& reject : report.rejects) {
      BatchRow& row = row_at(reject.line);
      if (row.is_postponed) continue;
      row.failure = failure_of(row, reject.field.starts_with("image") ? reason_of_images(row) : "listing",
                               reject.field.empty() ? reject.reason : reject.field + ": " + reject.reason);
    }
    for (const RowWarning& warning : report.warned) {
      if (warning.field.starts_with("image")) row_at(warning.line).is_whole = false;
    }
    return {};
  }

  BatchRow& row_at(std::int64_t line) { return rows_.at(static_cast<std::size_t>(line - 1)); }

  // Why no image of a row was loaded.
  std::string reason_of_images(const BatchRow& row) const {
    const auto refusal = images_.refusal_of(row.input->images.front().location);
    return refusal ? std::string(to_string(*refusal)) : "image";
  }

  // Names the images of a written row that were not asked for.
  void name_left_out(const BatchRow& row, BatchReport& report) const {
    if (row.is_whole || !row.input) return;
    for (const catalog::ImageSource& image : row.input->images) {
      const auto refusal = images_.refusal_of(image.location);
      if (!refusal) continue;
      report.left_out.push_back({.reason = std::string(to_string(*refusal)),
                                 .url = image.location,
                                 .external_id = row.waiting.known.external_id,
                                 .message = "the listing has been stored without this image"});
    }
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
      report.has_more = report.has_more || row.is_postponed;
      if (row.is_postponed) continue;
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
        name_left_out(row, report);
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
  SourceImageFetcher& images_;
  const std::stop_token& stop_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::vector<BatchRow> rows_;
  std::set<std::string> used_;  // former listings that were found
  std::size_t compared_ = 0;    // images that were fetched to be compared
  std::atomic<bool> has_loaded_{false};
};

}  // namespace

Result<BatchReport> BatchWriter::write(const SourceRecord& source, const RunRecord& run,
                                       std::vector<WaitingListing> waiting, SourceImageFetcher& images,
                                       const std::stop_token& stop) {
  return BatchWork(database_, catalog_, source, run, images, stop).run(std::move(waiting), options_);
}

}  // namespace fit::ingest
