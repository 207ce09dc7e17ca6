#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluate/taste_evaluation.h"
#include "style/taste/taste_background.h"

namespace fit::evaluate {

// The catalogue of an evaluation of tastes, prepared once. Immutable and thread-safe; borrows the sample.
struct TasteCatalogue {
  // kInvalid naming "path" when fewer than three kinds, colours or brands are frequent.
  static Result<TasteCatalogue> prepare(const TasteSample& sample);

  std::size_t size() const { return items.size(); }

  const TasteSample* sample = nullptr;
  std::shared_ptr<const style::TasteBackground> background;
  std::vector<style::PreparedItem> items;
  std::vector<std::size_t> kinds;                 // by item, the number of its kind
  std::vector<std::vector<std::size_t>> members;  // by kind
  std::vector<std::size_t> frequent_kinds;
  std::vector<std::string> frequent_colors;
  std::vector<std::string> frequent_brands;
  std::vector<std::size_t> queries;  // items of a frequent kind
};

// Numbers that depend on the seed only, on every platform.
class SeededDraws {
 public:
  explicit SeededDraws(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t count) { return static_cast<std::size_t>(random_() % count); }
  double share() { return static_cast<double>(random_() >> 11U) * 0x1p-53; }  // 0 to 1, below 1
  double normal();                                                            // mean 0, deviation 1
  template <class T>
  std::vector<T> some_of(std::vector<T> all, std::size_t count) {
    shuffle(all);
    all.resize(count);
    return all;
  }
  template <class T>
  void shuffle(std::vector<T>& all) {
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[below(i)]);
  }

 private:
  std::mt19937_64 random_;
};

// What a simulated person likes.
struct SimulatedPerson {
  SimulatedPerson(const TasteCatalogue& catalogue, SeededDraws& draws);

  // An item whose photo the person searches with: of a kind that the person likes, seven of ten times.
  std::size_t query(const TasteCatalogue& catalogue, SeededDraws& draws) const;
  // Whether an item is a good result of a search with another one.
  bool is_good(const TasteCatalogue& catalogue, std::size_t item, std::size_t query) const {
    return good[item] != 0 && catalogue.kinds[item] == catalogue.kinds[query];
  }

  std::vector<std::size_t> liked_items;  // those of the liked kinds
  std::vector<double> liking;            // by item; more is better
  std::vector<std::uint8_t> good;        // by item: among the best 30 % of its kind
  std::vector<std::uint8_t> best;        // by item: among the best 10 % of all
};

}  // namespace fit::evaluate
