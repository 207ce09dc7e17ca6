#include "style/outfits/compatibility_file.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/format.h"
#include "base/json_reader.h"

namespace fit::style {
namespace {

constexpr std::size_t kMaxCategories = 1000;
constexpr std::size_t kMaxFactors = 256;
constexpr std::size_t kMaxSizes = 32;
constexpr double kMaxNumber = 1000;
constexpr double kShareTolerance = 1e-3;

// A number of the file; 0 after a problem.
double read_number(JsonReader& reader, const std::string& key, const Json& value) {
  const double number = value.is_number() ? value.get<double>() : std::nan("");
  if (std::isfinite(number) && std::abs(number) <= kMaxNumber) return number;
  reader.fail(key, "must be a number from -1000 to 1000");
  return 0;
}

std::vector<double> read_numbers(JsonReader& reader, const std::string& key, const Json& list,
                                 std::size_t size) {
  if (!list.is_array() || list.size() != size) {
    reader.fail(key, fit::format("must be a list of {} numbers", size));
    return {};
  }
  std::vector<double> numbers;
  for (const Json& value : list) numbers.push_back(read_number(reader, key, value));
  return numbers;
}

std::vector<double> read_list(JsonReader& reader, const std::string& key, std::size_t size) {
  const Json* const list = reader.require(key);
  return list == nullptr ? std::vector<double>() : read_numbers(reader, key, *list, size);
}

// A list of 1 to `most` lists of 1 to `longest` numbers, all of the length of the first.
std::vector<std::vector<double>> read_lists(JsonReader& reader, const std::string& key, std::size_t most,
                                            std::size_t longest) {
  const Json* const lists = reader.require(key);
  if (lists == nullptr) return {};
  const bool has_shape = lists->is_array() && !lists->empty() && lists->size() <= most &&
                         lists->front().is_array() && !lists->front().empty() &&
                         lists->front().size() <= longest;
  if (!has_shape) {
    reader.fail(key, fit::format("must be a list of 1 to {} lists of 1 to {} numbers", most, longest));
    return {};
  }
  std::vector<std::vector<double>> rows;
  for (std::size_t i = 0; i < lists->size(); ++i) {
    rows.push_back(read_numbers(reader, fit::format("{}[{}]", key, i), (*lists)[i], lists->front().size()));
  }
  return rows;
}

void check_shape(JsonReader& reader, const CompatibilityFile& file) {
  const std::size_t count = file.categories.size();
  if (std::set<std::string>(file.categories.begin(), file.categories.end()).size() != count)
    reader.fail("categories", "must be distinct");
  if (std::ranges::any_of(file.shares, [](double share) { return share <= 0; }))
    reader.fail("shares", "must be above 0");
  if (std::abs(std::accumulate(file.shares.begin(), file.shares.end(), 0.0) - 1) > kShareTolerance)
    reader.fail("shares", "must have the sum 1");
  if (!file.size_bias.empty() && file.size_bias.front().size() != count)
    reader.fail("size_bias", fit::format("must have {} numbers in each list", count));
  if (file.factors.size() != count) reader.fail("factors", fit::format("must have {} lists", count));
}

}  // namespace

Result<CompatibilityFile> read_compatibility_file(std::string_view text) {
  FIT_TRY(const Json json, parse_json("compatibility", text));
  if (!json.is_object()) return invalid("compatibility", "must be an object");
  JsonReader reader(json);
  reader.find("about");
  reader.integer("format", 1, 1);
  CompatibilityFile file;
  file.categories = reader.texts("categories", kMaxCategories);
  const std::size_t count = file.categories.size();
  file.shares = read_list(reader, "shares", count);
  file.bias = read_list(reader, "bias", count);
  file.size_bias = read_lists(reader, "size_bias", kMaxSizes, kMaxCategories);
  if (const Json* const repeat = reader.require("repeat"))
    file.repeat = read_number(reader, "repeat", *repeat);
  file.factors = read_lists(reader, "factors", kMaxCategories, kMaxFactors);
  file.weights = read_list(reader, "weights", file.factors.empty() ? 0 : file.factors.front().size());
  FIT_CHECK(reader.result());
  check_shape(reader, file);
  FIT_CHECK(reader.finish());
  return file;
}

}  // namespace fit::style
