#include <iostream>
#include <optional>

#include "base/clock.h"
#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/backup.h"
#include "catalog/catalogue_copy.h"
#include "cli/commands.h"
#include "store/pgvector/postgres_index.h"

namespace fit::cli {
namespace {

std::int64_t rows_of(const store::DumpInfo& info, std::string_view table) {
  for (const store::TableSum& sum : info.tables) {
    if (sum.name == table) return sum.rows;
  }
  return 0;
}

// A bar for each part of a work, one after the other.
class Bars {
 public:
  void update(std::string_view part, std::int64_t done, std::int64_t total) {
    if (part != part_) {
      finish();
      bar_.emplace(std::string(part), part == "images" ? "images" : "pages");
      part_ = part;
    }
    bar_->update(done, total);
  }
  void finish() {
    if (bar_) bar_->finish();
  }

 private:
  std::string part_;
  std::optional<ProgressBar> bar_;
};

}  // namespace

Result<void> run_backup(const Config& config, const BackupArgs& args, const std::stop_token& stop) {
  const catalog::BackupPlace place{
      .database_url = config.database_url, .storage_path = config.storage_path, .folder = args.folder};
  Bars bars;
  const catalog::BackupOptions options{
      .jobs = static_cast<int>(args.jobs),
      .progress = [&bars](std::string_view part, std::int64_t done, std::int64_t total) {
        bars.update(part, done, total);
      }};
  FIT_TRY(const catalog::BackupReport report, args.is_restore ? catalog::restore_backup(place, options, stop)
                                                              : catalog::back_up(place, options, stop));
  bars.finish();
  const Json answer = {{"folder", args.folder.string()},
                       {"made_at", to_rfc3339(report.made_at)},
                       {"engine", report.database.engine},
                       {"position", report.database.position},
                       {"items", rows_of(report.database, "items")},
                       {"images", rows_of(report.database, "images")},
                       {"pictures", report.images},
                       {"picture_bytes", report.image_bytes}};
  if (args.json) {
    std::cout << dump_json(answer, 2) << "\n";
    return {};
  }
  std::cout << fit::format("{} {} items with {} images, and {} pictures ({:.1f} MB), as of {}\n",
                           args.is_restore ? "restored" : "saved",
                           with_thousands(rows_of(report.database, "items")),
                           with_thousands(rows_of(report.database, "images")), with_thousands(report.images),
                           static_cast<double>(report.image_bytes) / 1e6, to_rfc3339(report.made_at));
  return {};
}

namespace {

// The spaces of an original in its first copy; on PostgreSQL their graphs are built when all is there.
Result<void> make_spaces(store::Catalogue& from, store::Catalogue& to, const std::string& to_url) {
  FIT_TRY(const store::Counts there, to.items().counts());
  if (there.items != 0 || from.id() == to.id()) return {};
  FIT_TRY(const auto spaces, from.spaces().list());
  for (const domain::SpaceRecord& one : spaces) {
    FIT_TRY(const auto made, to.spaces().ensure(one));
    FIT_CHECK(store::drop_empty_indexes(to_url, made));
  }
  return {};
}

Result<void> build_indexes(store::Catalogue& to, const std::string& url, const store::GraphOptions& graph) {
  FIT_TRY(const auto spaces, to.spaces().list());
  for (const domain::SpaceRecord& one : spaces) {
    FIT_CHECK(store::build_indexes(url, one, graph, store::IndexesToBuild::kMissing,
                                   [](const std::string& what) { std::cerr << what << "\n"; }));
  }
  return {};
}

}  // namespace

Result<void> run_copy(const CopyArgs& args, const store::GraphOptions& graph, const std::stop_token& stop) {
  const auto open = [&graph](const std::string& url, const char* which) {
    auto opened = store::open_catalogue(url, {.graph = graph});
    if (!opened) opened.error().field = which;
    return opened;
  };
  FIT_TRY(const auto from, open(args.from, "FROM"));
  FIT_TRY(const auto to, open(args.to, "TO"));
  FIT_CHECK(make_spaces(*from, *to, args.to));
  ProgressBar bar("copy", "items");
  catalog::CopyReport report;
  const auto copied = catalog::copy_catalogue(*from, *to, bar.progress(), stop, report);
  const bool is_stopped = !copied && copied.error().code == ErrorCode::kCancelled;
  if (!copied && !is_stopped) return copied;
  bar.finish();
  if (!is_stopped) FIT_CHECK(build_indexes(*to, args.to, graph));
  const Json answer = {{"copied", report.copied},
                       {"removed", report.removed},
                       {"from", {{"items", report.from.items}, {"images", report.from.images}}},
                       {"to", {{"items", report.to.items}, {"images", report.to.images}}}};
  if (args.json) {
    std::cout << dump_json(answer, 2) << "\n";
  } else {
    std::cout << fit::format(
        "{} items copied, {} removed; there are {} items with {} images now, and {} with {} "
        "in the catalogue that was copied\n",
        with_thousands(report.copied), with_thousands(report.removed), with_thousands(report.to.items),
        with_thousands(report.to.images), with_thousands(report.from.items),
        with_thousands(report.from.images));
  }
  if (!is_stopped) return {};
  return cancelled("stopped; run the same copy again to go on where it ended");
}

}  // namespace fit::cli
