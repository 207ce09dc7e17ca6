#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/quantised/list_codes.h"

namespace fit::index {

// The lists of a segment in the order in which one query visits them: by the product with the centroid plus
// `reach` times the width of the list. The order is made as far as it is asked for. Borrows the lists, their
// codes and the query. Not thread-safe.
class ListRanking {
 public:
  ListRanking(const Lists& lists, const ListCodes& codes, const float* query, float reach)
      : lists_(lists), codes_(codes), query_(query), reach_(reach) {}

  // Ranks at least `wanted` lists, or all. `tables` are those of the segment's codec for the query.
  void extend(const Kernels& kernels, const CodeKernels& code_kernels, const CodeTables& tables,
              std::size_t wanted);

  std::span<const Lists::Ranked> order() const { return order_; }

 private:
  void score_all(const Kernels& kernels, const CodeKernels& code_kernels, const CodeTables& tables);

  const Lists& lists_;
  const ListCodes& codes_;
  const float* query_;
  float reach_;
  std::vector<float> scores_;  // by list: what it is ranked by, exactly or about; of those not in order_
  std::vector<Lists::Ranked> order_;
};

}  // namespace fit::index
