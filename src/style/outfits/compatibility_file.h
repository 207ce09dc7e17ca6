#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fit::style {

// The content of models/outfits/compatibility.json, version 1 of its format. The unnormalised score of a
// category c as one more piece of an outfit of the n categories r is
//   bias[c] + size_bias[n - 1][c] + the sum over r of pair(r, c), with
//   pair(r, c) = the sum over k of weights[k] factors[r][k] factors[c][k], + repeat where r is c.
// The last row of size_bias serves all larger outfits.
struct CompatibilityFile {
  std::vector<std::string> categories;  // distinct; the other lists have their order
  std::vector<double> shares;           // the share of each category among all pieces; above 0, the sum is 1
  std::vector<double> bias;
  std::vector<std::vector<double>> size_bias;
  double repeat = 0;
  std::vector<double> weights;               // positive where categories of equal sign attract each other
  std::vector<std::vector<double>> factors;  // for each category as many as there are weights
};

// kMalformed when the text is not JSON; kInvalid, naming the member, for an unknown or a missing member,
// another version of the format, a list of the wrong length, and a number that is not finite or is outside
// -1000 to 1000.
Result<CompatibilityFile> read_compatibility_file(std::string_view text);

}  // namespace fit::style
