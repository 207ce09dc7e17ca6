#include <iostream>
#include <optional>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "blobs/blob_check.h"
#include "blobs/blob_move.h"
#include "cli/commands.h"

namespace fit::cli {
namespace {

struct BlobCheckArgs {
  bool json = false;
};

struct BlobMoveArgs {
  std::string to;
  std::string from;
  bool removes = false;
  bool json = false;
};

void declare_check(Arguments& arguments, BlobCheckArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

void declare_move(Arguments& arguments, BlobMoveArgs& args) {
  arguments.positional("TO", args.to, "Where the files go: fs:///folder or s3://bucket/prefix");
  arguments.option("--from", args.from,
                   "Where they are, in the same form; by default where STORAGE_BACKEND says");
  arguments.flag("--remove", args.removes, "Remove the files from there once all are copied");
  arguments.flag("--json", args.json, "Print JSON");
}

std::string megabytes(std::int64_t bytes) {
  return fit::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

Error damaged_files(std::size_t count) {
  return {ErrorCode::kDamaged,
          fit::format("{} stored files are damaged: restore a backup, or send the images again", count),
          {},
          {}};
}

void print_names(const std::vector<std::string>& damaged) {
  for (const std::string& name : damaged) std::cout << fit::format("damaged: {}\n", name);
}

// Compares the original images with their names. Thumbnails have names of their own, and are made again.
Result<void> run_check(const BlobCheckArgs& args, const Context& context) {
  FIT_TRY(const blobs::Storage storage, context.open_storage("STORAGE_BACKEND", ""));
  const auto store = storage.store(catalog::kOriginals);
  ProgressBar bar("check", "files");
  blobs::BlobCheckReport report;
  auto checked = blobs::check_blobs(
      *store, [&bar](std::int64_t done, std::int64_t total) { bar.update(done, total); }, context.stop,
      report);
  bar.finish();
  if (!checked && !is_stopped(checked)) return checked;
  if (args.json) {
    std::cout << dump_json({{"storage", storage.url()},
                            {"checked", report.checked},
                            {"bytes", report.bytes},
                            {"damaged", report.damaged}},
                           2)
              << "\n";
  } else {
    print_names(report.damaged);
    std::cout << fit::format("{}: {} files checked ({}), {} damaged\n", storage.url(),
                             with_thousands(report.checked), megabytes(report.bytes),
                             with_thousands(std::ssize(report.damaged)));
  }
  if (!checked) return checked;
  if (!report.damaged.empty()) return damaged_files(report.damaged.size());
  return {};
}

void print_move(const blobs::BlobMoveReport& report, const BlobMoveArgs& args) {
  if (args.json) {
    std::cout << dump_json({{"copied", report.copied},
                            {"copied_bytes", report.copied_bytes},
                            {"present", report.present},
                            {"removed", report.removed},
                            {"damaged", report.damaged}},
                           2)
              << "\n";
    return;
  }
  print_names(report.damaged);
  std::cout << fit::format("copied {} files ({}), {} were there already; removed {} from the source\n",
                           with_thousands(report.copied), megabytes(report.copied_bytes),
                           with_thousands(report.present), with_thousands(report.removed));
}

// Moves one folder of the storage. `report` is added to.
Result<void> move_folder(const blobs::Storage& from, const blobs::Storage& to, std::string_view folder,
                         const BlobMoveArgs& args, const Context& context, blobs::BlobMoveReport& report) {
  std::optional<ProgressBar> bar;
  std::string shown;
  const blobs::BlobMoveOptions options{
      .are_named_by_content = folder == catalog::kOriginals,
      .removes = args.removes,
      .progress = [&](std::string_view stage, std::int64_t done, std::int64_t total) {
        if (stage != shown) {
          if (bar) bar->finish();
          bar.emplace(std::string(folder), std::string(stage));
          shown = stage;
        }
        bar->update(done, total);
      }};
  auto moved = blobs::move_blobs(*from.store(folder), *to.store(folder), options, context.stop, report);
  if (bar) bar->finish();
  return moved;
}

Result<void> run_move(const BlobMoveArgs& args, const Context& context) {
  FIT_TRY(const blobs::Storage to, context.open_storage("TO", args.to));
  FIT_TRY(const blobs::Storage from,
          context.open_storage(args.from.empty() ? "STORAGE_BACKEND" : "--from", args.from));
  if (from.url() == to.url()) return invalid("TO", "is where the files are already");
  blobs::BlobMoveReport report;
  Result<void> moved;
  for (const std::string_view folder : {catalog::kOriginals, catalog::kThumbnails}) {
    moved = move_folder(from, to, folder, args, context, report);
    if (!moved) break;
  }
  if (!moved && !is_stopped(moved)) return moved;
  print_move(report, args);
  if (!moved) return cancelled("stopped; run it again to continue");
  if (!report.damaged.empty()) return damaged_files(report.damaged.size());
  return {};
}

}  // namespace

void add_blobs(CommandSet& commands) {
  const CommandGroup group{"blobs", "Check and move the stored files"};
  commands.add<BlobCheckArgs>({.group = group,
                               .name = "check",
                               .help = "Read the stored images and compare them with their checksums",
                               .on_signal = OnSignal::kStop},
                              declare_check, run_check);
  commands.add<BlobMoveArgs>({.group = group,
                              .name = "move",
                              .help = "Copy the stored files to another place, beside a running server",
                              .on_signal = OnSignal::kStop},
                             declare_move, run_move);
}

}  // namespace fit::cli
