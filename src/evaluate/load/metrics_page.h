#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bucket_quantile.h"

namespace fit::evaluate {

// The samples of a page in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/). A value type.
class MetricsPage {
 public:
  using Labels = std::map<std::string, std::string>;
  struct Sample {
    Labels labels;
    double value = 0;
  };

  // Lines that are no samples are skipped.
  static MetricsPage parse(std::string_view text);

  bool has(const std::string& name) const { return samples_.contains(name); }
  // The samples of a metric; none for one that is not there.
  const std::vector<Sample>& samples(const std::string& name) const;
  // The sum of a metric's samples; 0 without samples.
  double sum(const std::string& name) const;

 private:
  std::map<std::string, std::vector<Sample>> samples_;
};

// A histogram's buckets between two pages, for one value of one label.
struct HistogramChange {
  double count = 0;
  double sum = 0;
  // Ascending; the last end is infinite.
  std::vector<CumulativeBucket> buckets;

  // bucket_quantile() of the buckets; 0 without observations.
  double quantile(double part) const;
};

// The changes of histogram `name` from one page to the other, by the values of `label`.
std::map<std::string, HistogramChange> histogram_changes(const MetricsPage& before, const MetricsPage& after,
                                                         const std::string& name, const std::string& label);

}  // namespace fit::evaluate
