#include <iostream>

#include "base/progress_bar.h"
#include "cli/commands.h"
#include "evaluate/composed_evaluation.h"
#include "evaluate/evaluation.h"
#include "evaluate/text_evaluation.h"
#include "evaluate/tuning.h"
#include "ontology/ontology.h"

namespace fit::cli {
namespace {

Result<evaluate::EvaluationVectors> embed_set(const evaluate::EvaluationSet& set, embed::Embedder& embedder,
                                              const media::Limits& limits, const std::stop_token& stop) {
  ProgressBar bar("embed", "photos");
  auto vectors = evaluate::embed_images(set, embedder, {.limits = limits}, bar.progress(), stop);
  bar.finish();
  return vectors;
}

Result<evaluate::EvaluationReport> score(const evaluate::EvaluationSet& set,
                                         const evaluate::EvaluationVectors& vectors, const std::string& space,
                                         const std::stop_token& stop) {
  return evaluate::evaluate(set, vectors, {.space = space}, {}, stop);
}

// What is said of one space: its report, as a table or as JSON.
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

}  // namespace

Result<void> run_eval(const EmbedderFactory& make_embedder, const EvalArgs& args, const media::Limits& limits,
                      const std::stop_token& stop) {
  FIT_TRY(const evaluate::EvaluationSet set, evaluate::load_evaluation_set(args.input, args.labels));
  FIT_TRY(const auto ontology, ontology::Ontology::load());
  Output output(args.json);
  if (!args.vectors.empty()) {
    FIT_TRY(const auto vectors, evaluate::read_evaluation_vectors(args.vectors, set.rows.size()));
    FIT_TRY(const auto report, score(set, vectors, args.vectors.filename().string(), stop));
    output.add(report);
  }
  std::vector<std::string> spaces = args.spaces;
  if (spaces.empty() && args.vectors.empty()) spaces.emplace_back();
  for (const std::string& space : spaces) {
    FIT_TRY(const auto embedder, make_embedder(space));
    FIT_TRY(const auto vectors, embed_set(set, *embedder, limits, stop));
    FIT_TRY(const auto report, score(set, vectors, embedder->space().name, stop));
    output.add(report);
    if (!embedder->space().has_text) continue;
    FIT_TRY(const auto by_words, evaluate::evaluate_texts(set, vectors, *embedder));
    output.add(by_words);
    if (!args.composed) continue;
    FIT_TRY(const auto composed, evaluate::evaluate_composed(set, vectors, *embedder, ontology, {}));
    output.add(composed);
  }
  output.end();
  return {};
}

Result<void> run_tune(const EmbedderFactory& make_embedder, const TuneArgs& args, const media::Limits& limits,
                      const std::stop_token& stop) {
  FIT_TRY(const evaluate::EvaluationSet set, evaluate::load_evaluation_set(args.input, args.labels));
  std::vector<evaluate::TunedSpace> spaces;
  for (const std::string& space : args.spaces) {
    FIT_TRY(const auto embedder, make_embedder(space));
    FIT_TRY(auto vectors, embed_set(set, *embedder, limits, stop));
    spaces.push_back({embedder->space().name, std::move(vectors)});
  }
  if (!args.vectors.empty()) {
    FIT_TRY(auto vectors, evaluate::read_evaluation_vectors(args.vectors, set.rows.size()));
    spaces.push_back({args.vectors.stem().string(), std::move(vectors)});
  }
  ProgressBar bar("tune", "photos");
  const auto report = evaluate::tune(set, spaces, {}, bar.progress(), stop);
  bar.finish();
  if (!report) return report.error();
  Output output(args.json);
  output.add(*report);
  output.end();
  return {};
}

}  // namespace fit::cli
