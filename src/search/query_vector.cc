#include "search/query_vector.h"

#include <cmath>

#include "base/format.h"

namespace fit::search {

Result<std::vector<float>> parse_query_vector(std::string_view field, const Json& list) {
  const std::string name(field);
  if (!list.is_array()) return invalid(name, "must be a list of numbers");
  if (list.empty()) return invalid(name, "is empty");
  if (list.size() > kMaxVectorNumbers) {
    return invalid(name, fit::format("must have at most {} numbers", kMaxVectorNumbers));
  }
  std::vector<double> numbers;
  numbers.reserve(list.size());
  double largest = 0;
  for (const Json& element : list) {
    if (!element.is_number()) return invalid(name, "must be a list of numbers");
    const double number = element.get<double>();
    if (!std::isfinite(number)) return invalid(name, "must have finite numbers only");
    numbers.push_back(number);
    largest = std::max(largest, std::abs(number));
  }
  if (largest == 0) return invalid(name, "must not be all zero, because such a vector has no direction");
  // Numbers are divided by the largest first, so that their squares neither overflow nor vanish.
  double sum = 0;
  for (const double number : numbers) sum += (number / largest) * (number / largest);
  const double norm = std::sqrt(sum);
  std::vector<float> vector;
  vector.reserve(numbers.size());
  for (const double number : numbers) vector.push_back(static_cast<float>(number / largest / norm));
  return vector;
}

}  // namespace fit::search
