#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "index/kernels/kernels.h"

namespace fit::bench {

// Queries with their exact answers, for several filters each, which gather while the vectors stream by. Not
// thread-safe.
class ExactAnswers {
 public:
  static constexpr std::size_t kLimit = 20;

  ExactAnswers(std::string name, std::vector<float> queries, std::size_t dimensions, std::size_t filters);

  const std::string& name() const { return name_; }
  std::size_t size() const { return queries_.size() / dimensions_; }
  std::span<const float> operator[](std::size_t q) const {
    return std::span(queries_).subspan(q * dimensions_, dimensions_);
  }

  // Compares all queries with more vectors. Bit f of admitted[i] says whether filter f admits vector i, whose
  // id is first + i. `threads` share the queries.
  void compare(const index::Kernels& kernels, std::span<const float> vectors, std::int64_t first,
               std::span<const std::uint16_t> admitted, std::size_t threads);

  // How many of these ids are among the query's nearest that the filter admits.
  std::size_t count_right(std::size_t q, std::size_t filter, std::span<const std::int64_t> ids) const;
  std::size_t count(std::size_t q, std::size_t filter) const { return best_[q * filters_ + filter].size(); }

 private:
  void add(std::size_t q, std::uint16_t admitted, float similarity, std::int64_t id);

  std::string name_;
  std::vector<float> queries_;
  std::size_t dimensions_;
  std::size_t filters_;
  std::vector<std::vector<std::pair<float, std::int64_t>>> best_;  // ascending by negative similarity
};

}  // namespace fit::bench
