#pragma once

#include <array>
#include <cstdint>

namespace fit::style {

// Compares adapted weights with the fixed ones on interleaved searches, each of which one of them wins, and
// says which are to be used. Not thread-safe.
//
// Two sequential tests run, which may be looked at after each search: that the adapted weights win less than
// half of the searches, and, while the fixed weights are used instead, that they win more. A test is a
// mixture of e-detectors (Shin, Ramdas, Rinaldo 2023, "E-detectors: a nonparametric framework for sequential
// change detection"): for each share q of a grid, the evidence M becomes max(M, 1) times the likelihood ratio
// of q to one half, and the mean over the grid is compared with kEvidence. The evidence begins anew whenever
// it is below 1, so that a change is found at whatever time it comes. While nothing is worse, a false alarm
// comes once in kEvidence searches at most, in the mean.
class FusionGuard {
 public:
  static constexpr double kEvidence = 200;
  // The shares of searches that the worse weights are taken to win.
  static constexpr std::array<double, 4> kShares = {0.45, 0.4, 0.3, 0.2};

  enum class Verdict : std::uint8_t { kNoChange, kFallBack, kReturn };

  // What is kept between searches.
  struct State {
    std::array<double, kShares.size()> worse = {1, 1, 1, 1};   // evidence that the adapted weights are worse
    std::array<double, kShares.size()> better = {1, 1, 1, 1};  // and better, since the fallback
    bool is_fallback = false;
    std::int64_t adapted_wins = 0;  // of all time
    std::int64_t fixed_wins = 0;
    std::int64_t fallbacks = 0;

    friend bool operator==(const State&, const State&) = default;
  };

  FusionGuard() = default;
  explicit FusionGuard(const State& state) : state_(state) {}

  // Counts a search. Both tests begin anew after a change.
  Verdict count(bool adapted_won);

  bool is_fallback() const { return state_.is_fallback; }
  // The mean over the grid of the test that runs.
  double evidence() const;
  const State& state() const { return state_; }

 private:
  State state_;
};

}  // namespace fit::style
