#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace fit::index {

// A row of a segment (by its number in the index) with the estimate of its similarity.
struct Candidate {
  float estimate = 0;
  std::uint32_t segment = 0;
  std::uint32_t row = 0;
};

// Collects the `most` candidates of the highest estimates. Not thread-safe.
class Candidates {
 public:
  explicit Candidates(std::size_t most) : most_(std::max<std::size_t>(most, 1)) {}

  bool wants(float estimate) const { return estimate > threshold_; }

  void add(const Candidate& candidate) {
    ++seen_;
    found_.push_back(candidate);
    if (found_.size() >= 2 * most_ + 64) shrink();
  }

  std::size_t seen() const { return seen_; }  // that were added

  // In the order of segments and rows. Leaves the object empty.
  std::vector<Candidate> take() {
    shrink();
    std::ranges::sort(found_, [](const Candidate& a, const Candidate& b) {
      return a.segment != b.segment ? a.segment < b.segment : a.row < b.row;
    });
    return std::exchange(found_, {});
  }

 private:
  void shrink() {
    if (found_.size() <= most_) return;
    const auto last = found_.begin() + static_cast<std::ptrdiff_t>(most_ - 1);
    std::ranges::nth_element(found_, last, std::greater{}, &Candidate::estimate);
    threshold_ = last->estimate;
    found_.erase(last + 1, found_.end());
  }

  std::size_t most_;
  std::size_t seen_ = 0;
  float threshold_ = -std::numeric_limits<float>::infinity();
  std::vector<Candidate> found_;
};

}  // namespace fit::index
