#include "domain/facet.h"

#include <algorithm>
#include <limits>

namespace fit::domain {

void sort_and_cut(Facet& facet, std::size_t most) {
  std::ranges::sort(facet.values, [](const Facet::Value& a, const Facet::Value& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  });
  for (std::size_t i = most; i < facet.values.size(); ++i) facet.others += facet.values[i].count;
  facet.values.resize(std::min(facet.values.size(), most));
}

std::vector<double> price_edges(double lowest, double highest) {
  std::vector<double> edges = {0};
  for (double power = 1; power < 1e300; power *= 10) {
    for (const double step : {1.0, 2.0, 5.0}) {
      const double edge = step * power;
      if (edge <= lowest) edges.clear();
      edges.push_back(edge);
      if (edge > highest) return edges;
    }
  }
  edges.push_back(std::numeric_limits<double>::max());
  return edges;
}

}  // namespace fit::domain
