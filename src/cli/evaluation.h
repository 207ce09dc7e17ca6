#pragma once

#include <iostream>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "embed/embedder.h"
#include "evaluate/composed_evaluation.h"
#include "evaluate/evaluation.h"
#include "evaluate/text_evaluation.h"
#include "evaluate/tuning.h"
#include "media/image.h"

// Code shared by `fit eval` and `fit tune`.
namespace fit::cli {

// Embeds the images of the set under a progress bar. kCancelled when stopped.
Result<evaluate::EvaluationVectors> embed_set(const evaluate::EvaluationSet& set, embed::Embedder& embedder,
                                              const media::Limits& limits, const std::stop_token& stop);

// Prints the reports of spaces: each table at once, or one JSON array at the end.
class Output {
 public:
  explicit Output(bool as_json) : as_json_(as_json) {}

  template <class Report>
  void add(const Report& report) {
    if (as_json_) {
      all_.push_back(evaluate::to_json(report));
    } else {
      std::cout << evaluate::to_table(report) << std::endl;  // the next space may take minutes
    }
  }

  void end() const {
    if (as_json_) std::cout << dump_json(all_, 2) << "\n";
  }

 private:
  bool as_json_;
  Json all_ = Json::array();
};

}  // namespace fit::cli
