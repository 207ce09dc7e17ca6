#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/progress_bar.h"
#include "base/result.h"
#include "blobs/storage.h"
#include "catalog/backup.h"
#include "cli/arguments.h"
#include "cli/context.h"

// What the commands that make backups and those that read them have in common.
namespace fit::cli {

// Shows a progress bar for each stage of a call, one after the other.
class BackupBars {
 public:
  void update(std::string_view part, std::int64_t done, std::int64_t total);
  void finish();

 private:
  std::string part_;
  std::optional<ProgressBar> bar_;
};

// The options of a call whose progress `bars` shows, which must outlive it.
catalog::BackupOptions backup_options(int jobs, BackupBars& bars);

void declare_backup_jobs(Arguments& arguments, int& jobs, bool& json);

// What is printed of a backup in a folder, or at a URL.
Json backup_json(const std::string& name, const catalog::BackupReport& report);
std::string backup_text(std::string_view done, const catalog::BackupReport& report);

// The folder of --in, or the system's folder for temporary files.
std::filesystem::path scratch_of(const std::filesystem::path& in);

bool is_bucket_url(std::string_view place);
// Opens a folder or s3://bucket/prefix, with the server and the keys of the configuration. kInvalid naming
// `field` or a setting.
Result<blobs::Storage> open_backup_place(std::string_view field, const std::string& place,
                                         const Context& context);

}  // namespace fit::cli
