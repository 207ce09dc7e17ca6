#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "ingest/import/importer.h"
#include "jobs/job.h"

namespace fit::ingest {

using ImportId = Id<struct ImportTag>;

// Where an import is on its way.
enum class ImportState : std::uint8_t {
  kReady,    // the file is uploaded, and nothing is written
  kWaiting,  // for a worker
  kRunning,
  kDone,
  kStopped,  // by a person; what was stored stays
  kFailed,   // ImportRecord::error says why; what was stored stays
  kUndoing,
  kUndone,
};
inline constexpr std::array<std::string_view, 8> kImportStateNames = {
    "ready", "waiting", "running", "done", "stopped", "failed", "undoing", "undone"};
std::string_view to_string(ImportState state);

// Whether a job works on the import, or is about to.
constexpr bool is_at_work(ImportState state) {
  return state == ImportState::kWaiting || state == ImportState::kRunning || state == ImportState::kUndoing;
}

// How a file is read, as ImportOptions has it.
struct ImportSettings {
  std::string source;
  std::string shape;
  std::vector<std::string> mapping;
  bool overwrite = false;
};

// The numbers of an import's rows. `done` counts those that are finished in any way; `total` is estimated, 0
// before it is known.
struct ImportCounts {
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t rejected = 0;
  std::int64_t warnings = 0;
  std::int64_t kept = 0;  // items whose edits were kept
};

// What is known of an import once it has read its file to the end.
struct ImportFindings {
  std::string read_as;
  std::vector<std::string> remarks;
  std::vector<RowWarning> warned;  // the first ones
};

// A stored import.
struct ImportRecord {
  ImportId id;
  ImportState state = ImportState::kReady;
  std::string file_name;
  std::string blob;  // names the file in the storage of imports; empty once it is removed
  std::int64_t size_bytes = 0;
  ImportFormat format = ImportFormat::kTable;
  ImportSettings settings;
  ImportCounts counts;
  ImportFindings findings;
  std::string error;               // why it failed, or what its latest attempt waits for; safe to show
  std::optional<jobs::JobId> job;  // the latest one
  bool wants_stop = false;
  std::string created_by;
  Timestamp created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> ended_at;
};

// A rejected row with its place among the rejected rows, counted from 1, and its text.
struct StoredReject : Reject {
  std::int64_t number = 0;
  std::string text;
};

// What an undo has done so far.
struct UndoCounts {
  std::int64_t deleted = 0;
  std::int64_t restored = 0;
  std::int64_t changed = 0;  // left, because they were changed since
  std::int64_t removed = 0;  // were there before the import and have been removed since
  std::int64_t open = 0;     // not looked at yet
};

// An item that an undo has left as it is.
struct KeptItem {
  std::string source;
  std::string external_id;
  std::string title;
  std::string why;  // "changed" or "removed"
};

// The parts of a record as they are stored, JSON objects. A text in another form reads as the default value.
std::string settings_json(const ImportSettings& settings);
std::string counts_json(const ImportCounts& counts);
std::string findings_json(const ImportFindings& findings);
ImportSettings parse_import_settings(std::string_view text);
ImportCounts parse_import_counts(std::string_view text);
ImportFindings parse_import_findings(std::string_view text);

// "table", "ndjson", "json" or "xml".
std::string_view to_string(ImportFormat format);
ImportFormat parse_stored_format(std::string_view name);

}  // namespace fit::ingest
