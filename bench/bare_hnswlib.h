#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fit::bench {

// hnswlib as its users run it, for comparison: with its own inner product, compiled for the building machine.
class BareHnswlib {
 public:
  BareHnswlib(std::size_t dimensions, std::size_t rows, std::size_t m, std::size_t ef_construction);
  BareHnswlib(std::size_t dimensions, const std::string& file);  // reads a file of save()
  ~BareHnswlib();

  void add(const float* vector, std::size_t label);  // thread-safe
  void set_width(std::size_t ef);
  void search(const float* query, std::size_t k, std::vector<std::int32_t>& labels) const;  // thread-safe
  void save(const std::string& file) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fit::bench
