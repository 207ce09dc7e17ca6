#include <iostream>

#include "base/progress_bar.h"
#include "cli/commands.h"
#include "search/evaluation.h"

namespace fit::cli {
namespace {

Result<search::EvaluationVectors> embed_set(const search::EvaluationSet& set, embed::Embedder& embedder,
                                            const media::Limits& limits, const std::atomic<bool>& stop) {
  ProgressBar bar("embed", "photos");
  auto vectors =
      search::embed_pictures(set, embedder, {.limits = limits}, [&](std::size_t done, std::size_t total) {
        bar.update(static_cast<std::int64_t>(done), static_cast<std::int64_t>(total));
        return !stop;
      });
  bar.finish();
  return vectors;
}

Result<search::EvaluationReport> score(const search::EvaluationSet& set,
                                       const search::EvaluationVectors& vectors, const std::string& space,
                                       const std::atomic<bool>& stop) {
  return search::evaluate(set, vectors, {.space = space}, [&](std::size_t, std::size_t) { return !stop; });
}

}  // namespace

Result<void> run_eval(const EmbedderFactory& make_embedder, const EvalArgs& args, const media::Limits& limits,
                      const std::atomic<bool>& stop) {
  FIT_TRY(const search::EvaluationSet set, search::load_evaluation_set(args.input, args.labels));
  std::vector<search::EvaluationReport> reports;
  if (!args.vectors.empty()) {
    FIT_TRY(const auto vectors, search::read_evaluation_vectors(args.vectors, set.rows.size()));
    FIT_TRY(auto report, score(set, vectors, args.vectors.filename().string(), stop));
    reports.push_back(std::move(report));
  }
  std::vector<std::string> spaces = args.spaces;
  if (spaces.empty() && args.vectors.empty()) spaces.emplace_back();
  for (const std::string& space : spaces) {
    FIT_TRY(const auto embedder, make_embedder(space));
    FIT_TRY(const auto vectors, embed_set(set, *embedder, limits, stop));
    FIT_TRY(auto report, score(set, vectors, embedder->space().name, stop));
    reports.push_back(std::move(report));
  }
  Json all = Json::array();
  for (const search::EvaluationReport& report : reports) {
    if (args.json) {
      all.push_back(search::to_json(report));
    } else {
      std::cout << search::to_table(report) << "\n";
    }
  }
  if (args.json) std::cout << dump_json(all, 2) << "\n";
  return {};
}

}  // namespace fit::cli
