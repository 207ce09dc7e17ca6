#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluate/evaluation_set.h"
#include "media/image.h"

namespace fit::evaluate {

// A page on which people judge a space by eye: each row has a query and its nearest images. It is one HTML
// file without scripts, and has the images in it as small JPEG files. Not thread-safe.
class ContactSheet {
 public:
  struct Options {
    std::size_t queries = 40;    // rows of each space
    std::size_t results = kTop;  // images beside each query
    int side = 128;              // of an image, in pixels
    std::uint64_t seed = 1;      // chooses the queries
    media::Limits image_limits = {};
  };
  // Borrows the set. Chooses the queries: equally many of each value of the first label, as far as there are.
  ContactSheet(const EvaluationSet& set, const Options& options);

  // Adds the rows of a space: the same queries for each. A query without a vector is left out. kInvalid when
  // `vectors` do not match the set; kCancelled after `stop`; an image that cannot be read any more is shown
  // as its name. Blocks.
  Result<void> add(const std::string& space, const EvaluationVectors& vectors,
                   const std::stop_token& stop = {});

  // The page.
  std::string html() const;

 private:
  // A result of a query.
  struct Nearest {
    std::size_t row = 0;
    double cosine = 0;
  };
  std::vector<Nearest> nearest(std::size_t query, const std::vector<std::size_t>& gallery,
                               const EvaluationVectors& vectors) const;
  // An image with its label and what `note` says of it. `mark` is a class of the page's style.
  std::string cell(std::size_t row, const std::string& note, std::string_view mark) const;
  bool has_same_label(std::size_t one, std::size_t other) const;

  const EvaluationSet& set_;
  const Options options_;
  std::vector<std::size_t> queries_;  // rows
  std::string sections_;
};

}  // namespace fit::evaluate
