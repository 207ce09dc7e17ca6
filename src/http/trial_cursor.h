#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "style/experiments/experiment.h"

namespace fit::http {

// Where a list of interleaved results goes on. It is made again for each page.
struct TrialPlace {
  std::uint64_t query = 0;     // the fingerprint of the query
  std::uint32_t returned = 0;  // results before the page
  std::int64_t taste_at = 0;   // PersonalOrder::learned_at() of the first page; 0: it had none

  friend bool operator==(const TrialPlace&, const TrialPlace&) = default;
};

// The cursor of a search in an experiment: the next page goes on with the variant of the first one, even
// after the experiment was stopped.
struct TrialCursor {
  style::ExperimentId experiment;
  std::int64_t key = 0;                         // of the search, above 0; the seed of its list
  style::Variant variant = style::Variant::kA;  // unless `place` is set
  std::string rest = {};                        // the cursor of the variant's search, unless `place` is set
  std::optional<TrialPlace> place = {};         // of interleaved results

  friend bool operator==(const TrialCursor&, const TrialCursor&) = default;
};

// The cursor as an opaque text for clients, which no cursor of a search begins like.
std::string encode_trial_cursor(const TrialCursor& cursor);
// Reads a cursor of either kind; nullopt: one of a search without an experiment. kInvalid naming "cursor" for
// a text that begins like encode_trial_cursor() and is none.
Result<std::optional<TrialCursor>> find_trial_cursor(std::string_view text);

}  // namespace fit::http
