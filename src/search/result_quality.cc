#include "search/result_quality.h"

#include <algorithm>
#include <cmath>

namespace fit::search {
namespace {

// How many vectors come between two updates of the gauge.
constexpr std::uint64_t kShownEvery = 50;

void move_towards(std::vector<double>& mean, std::span<const float> vector, double share) {
  for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += share * (vector[i] - mean[i]);
}

}  // namespace

std::optional<double> distance_between(std::span<const double> a, std::span<const double> b) {
  double dot = 0;
  double of_a = 0;
  double of_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += a[i] * b[i];
    of_a += a[i] * a[i];
    of_b += b[i] * b[i];
  }
  if (of_a == 0 || of_b == 0) return std::nullopt;
  return std::max(0.0, 1 - dot / std::sqrt(of_a * of_b));
}

void CentroidDrift::add(std::span<const float> vector) {
  const std::lock_guard lock(mutex_);
  recent_.resize(vector.size());
  usual_.resize(vector.size());
  ++added_;
  move_towards(recent_, vector, 1 / static_cast<double>(std::min(added_, kRecent)));
  move_towards(usual_, vector, 1 / static_cast<double>(std::min(added_, kUsual)));
}

std::optional<double> CentroidDrift::drift() const {
  const std::lock_guard lock(mutex_);
  if (added_ < 2 * kRecent) return std::nullopt;
  return distance_between(recent_, usual_);
}

ResultQuality::ResultQuality(Metrics& metrics, std::span<const char* const> kinds, const std::string& space)
    : metrics_(metrics), space_(space) {
  for (const char* const kind : kinds) {
    OfKind& made = kinds_.emplace_back();
    for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
      made.pages.at(i) =
          &metrics.counter("fit_first_pages_total", "First pages of searches by what they have",
                           {{"kind", kind}, {"outcome", kOutcomes.at(i)}});
    }
    made.similarity =
        &metrics.histogram("fit_first_result_similarity", "Similarity of the first result of searches",
                           {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1}, {{"kind", kind}});
  }
}

void ResultQuality::note_page(std::size_t kind, const FirstPage& page) {
  std::size_t outcome = 3;
  if (page.hits == 0) {
    outcome = 0;
  } else if (page.relevance) {
    outcome = *page.relevance < kRelevantFrom ? 1 : 2;
  }
  OfKind& counted = kinds_.at(kind);
  counted.pages.at(outcome)->add();
  if (page.hits > 0 && !std::isnan(page.similarity)) counted.similarity->observe(page.similarity);
}

void ResultQuality::note_vector(std::span<const float> vector) {
  drift_.add(vector);
  if (++vectors_ % kShownEvery != 0) return;
  if (const auto drift = drift_.drift()) {
    metrics_
        .gauge("fit_query_drift_ratio",
               "Distance of the mean vector of the latest queries from the usual one", {{"space", space_}})
        .set(*drift);
  }
}

}  // namespace fit::search
