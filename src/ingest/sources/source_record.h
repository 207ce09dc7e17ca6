#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/json.h"
#include "ingest/sources/source_settings.h"

namespace fit::ingest {

using SourceId = Id<struct SourceTag>;
using SourceRunId = Id<struct SourceRunTag>;

// How a source is.
enum class SourceHealth : std::uint8_t {
  kNew,      // no run has ended yet
  kOk,       // the last run read what it asked for
  kFailing,  // the last run ended early: the address cannot be read
  kBlocked,  // the host refuses: what the catalogue has may be old
  kHeld,     // more than half of the listings are missing; somebody must confirm that they are gone
};
inline constexpr std::array<std::string_view, 5> kSourceHealthNames = {"new", "ok", "failing", "blocked",
                                                                       "held"};
std::string_view to_string(SourceHealth health);

// Stored settings that this version of the program cannot read: a newer version has written them, or a limit
// is lower than it was.
struct UnreadSettings {
  std::string text;  // as stored, with secrets
  Error problem;     // of parse_source_settings(); naming "kind" for an unknown kind
};

// What a person says about a source.
struct SourceSpec {
  std::string name;  // the source of its items; unique, at most 100 bytes
  SourceSettings settings;
  // Set: of `settings` only kind and address are those of the source, and no run reads it. The stored text
  // stays until somebody sets the settings anew.
  std::optional<UnreadSettings> unread = {};
  std::string schedule = "3h";     // as Schedule::parse() reads it
  std::string time_zone = "UTC";   // of cron expressions
  std::chrono::seconds jitter{0};  // scheduled runs begin up to so much later, by chance
  bool is_paused = false;          // whether scheduled runs wait
};

// A stored source.
struct SourceRecord {
  SourceId id;
  SourceSpec spec;
  std::optional<Timestamp> next_run_at = {};   // nullopt: only when somebody asks
  std::optional<SourceRunId> active_run = {};  // the unfinished run
  Json state = nullptr;                        // of the sweep, as FetchPage::state
  SourceHealth health = SourceHealth::kNew;
  Timestamp health_since = {};
  std::string health_reason = {};  // for people; empty unless something is wrong
  std::optional<Timestamp> last_success_at = {};
  std::string created_by = {};
  Timestamp created_at = {};
  Timestamp updated_at = {};
};

// How far a run is, and how it ended.
enum class RunState : std::uint8_t {
  kRunning,
  kDone,
  kFailed,
  kBlocked,
  kHeld,     // what is missing waits for a confirmation
  kStopped,  // somebody stopped it; the next run continues
};
inline constexpr std::array<std::string_view, 6> kRunStateNames = {"running", "done", "failed",
                                                                   "blocked", "held", "stopped"};
std::string_view to_string(RunState state);

// Why no run reads a source whose stored settings cannot be read, for people.
std::string unread_reason(const UnreadSettings& unread);
// How a source is shown: kFailing while its settings cannot be read, otherwise as its last run left it.
SourceHealth shown_health(const SourceRecord& source);

// What a run has met and done, in listings, except where the name says otherwise.
struct RunCounts {
  std::int64_t seen = 0;
  std::int64_t added = 0;  // "new" in the API
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::int64_t restocked = 0;
  std::int64_t sold = 0;
  std::int64_t removed = 0;
  std::int64_t failed = 0;
  std::int64_t requests = 0;
  std::int64_t bytes = 0;
};

// One failure of a run, for people.
struct RunFailure {
  std::string reason;  // "blocked", "timeout", "image": the name in RunRecord::failures
  std::string url;
  std::string external_id;
  std::string message;
};

// A stored run.
struct RunRecord {
  SourceRunId id;
  SourceId source;
  RunState state = RunState::kRunning;
  std::string cause;                   // "schedule", "request", "capture" or "confirm"
  bool is_fetched = false;             // every page is read
  bool is_settled = false;             // what is missing is marked
  bool is_complete = false;            // the sweep listed everything that the source has
  RunState outcome = RunState::kDone;  // the state after everything is written; valid with is_fetched
  Timestamp sweep_started_at = {};     // valid with is_complete
  std::int64_t batches = 0;            // jobs that were added for its listings
  RunCounts counts = {};
  std::int64_t pages_done = 0;                        // of the sweep
  std::int64_t pages_total = 0;                       // 0: not known
  std::map<std::string, std::int64_t> failures = {};  // by reason
  std::vector<RunFailure> samples = {};               // the first kMaxRunSamples
  std::vector<std::string> remarks = {};              // on the source as a whole
  std::int64_t missing = 0;                           // listings that the sweep lacked
  std::string error = {};                             // why it ended early
  Timestamp created_at = {};
  Timestamp updated_at = {};
  std::optional<Timestamp> finished_at = {};
};

inline constexpr std::size_t kMaxRunSamples = 20;
inline constexpr std::size_t kMaxRunRemarks = 20;

// The objects of the API and of the command line. Secrets are left out. A source whose settings cannot be
// read is shown as failing, with the reason.
Json source_json(const SourceRecord& source);
Json run_json(const RunRecord& run);

}  // namespace fit::ingest
