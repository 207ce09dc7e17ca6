#include "cli/backup_output.h"

#include "base/clock.h"
#include "base/format.h"
#include "base/text.h"

namespace fit::cli {
namespace {

std::int64_t rows_of(const store::DumpInfo& info, std::string_view table) {
  for (const store::TableSum& sum : info.tables) {
    if (sum.name == table) return sum.rows;
  }
  return 0;
}

}  // namespace

void BackupBars::update(std::string_view part, std::int64_t done, std::int64_t total) {
  if (part != part_) {
    finish();
    bar_.emplace(std::string(part), part == "images" ? "images" : "pages");
    part_ = part;
  }
  bar_->update(done, total);
}

void BackupBars::finish() {
  if (bar_) bar_->finish();
}

catalog::BackupOptions backup_options(int jobs, BackupBars& bars) {
  return {.jobs = jobs, .progress = [&bars](std::string_view part, std::int64_t done, std::int64_t total) {
            bars.update(part, done, total);
          }};
}

void declare_backup_jobs(Arguments& arguments, int& jobs, bool& json) {
  arguments.number("--jobs", jobs, 1, 64,
                   "Number of parallel jobs of pg_dump and pg_restore; PostgreSQL only");
  arguments.flag("--json", json, "Print JSON");
}

Json backup_json(const std::string& name, const catalog::BackupReport& report) {
  return {{"folder", name},
          {"made_at", to_rfc3339(report.made_at)},
          {"engine", report.database.engine},
          {"position", report.database.position},
          {"items", rows_of(report.database, "items")},
          {"images", rows_of(report.database, "images")},
          {"pictures", report.images},
          {"picture_bytes", report.image_bytes}};
}

std::string backup_text(std::string_view done, const catalog::BackupReport& report) {
  return fit::format("{} {} items with {} images, and {} image files ({:.1f} MB), as of {}", done,
                     with_thousands(rows_of(report.database, "items")),
                     with_thousands(rows_of(report.database, "images")), with_thousands(report.images),
                     static_cast<double>(report.image_bytes) / 1e6, to_rfc3339(report.made_at));
}

std::filesystem::path scratch_of(const std::filesystem::path& in) {
  return in.empty() ? std::filesystem::temp_directory_path() : in;
}

bool is_bucket_url(std::string_view place) {
  return place.starts_with("s3://");
}

Result<blobs::Storage> open_backup_place(std::string_view field, const std::string& place,
                                         const Context& context) {
  if (is_bucket_url(place)) return context.open_storage(field, place);
  return blobs::Storage(std::filesystem::absolute(place).lexically_normal());
}

}  // namespace fit::cli
