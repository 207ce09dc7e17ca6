#include "cli/properties_command.h"

#include <algorithm>
#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/table.h"
#include "evaluate/property_evaluation.h"

namespace fit::cli {
namespace {

Json as_json(const evaluate::PropertyEvaluation& done, std::size_t mistakes) {
  Json answer = {{"rows", done.rows}, {"microseconds_per_row", done.microseconds_per_row}};
  answer["properties"] = Json::array();
  for (const evaluate::PropertyScore& one : done.scores) {
    answer["properties"].push_back({{"property", one.property},
                                    {"column", one.column},
                                    {"labelled", one.labelled},
                                    {"found", one.found},
                                    {"correct", one.correct},
                                    {"precision", one.precision()},
                                    {"recall", one.recall()}});
  }
  answer["mistakes"] = Json::array();
  for (std::size_t i = 0; i < std::min(mistakes, done.mistakes.size()); ++i) {
    const evaluate::PropertyMistake& one = done.mistakes[i];
    answer["mistakes"].push_back({{"property", one.property},
                                  {"expected", one.expected},
                                  {"found", one.found},
                                  {"times", one.times},
                                  {"title", one.title}});
  }
  return answer;
}

void print(const evaluate::PropertyEvaluation& done, std::size_t mistakes) {
  Table table({"property", "column", "labelled", "found", "precision", "recall"});
  for (const evaluate::PropertyScore& one : done.scores) {
    table.add({one.property, one.column, with_thousands(one.labelled), with_thousands(one.found),
               fit::format("{:.3f}", one.precision()), fit::format("{:.3f}", one.recall())});
  }
  std::cout << table.str()
            << fit::format("{} rows, {:.1f} microseconds each\n", with_thousands(done.rows),
                           done.microseconds_per_row);
  if (mistakes == 0 || done.mistakes.empty()) return;
  Table wrong({"times", "property", "expected", "found", "title"});
  for (std::size_t i = 0; i < std::min(mistakes, done.mistakes.size()); ++i) {
    const evaluate::PropertyMistake& one = done.mistakes[i];
    wrong.add({std::to_string(one.times), one.property, one.expected, one.found.empty() ? "-" : one.found,
               one.title});
  }
  std::cout << "\n" << wrong.str();
}

}  // namespace

Result<void> run_properties(const PropertiesArgs& args) {
  FIT_TRY(auto ontology, ontology::Ontology::load());
  FIT_TRY(const auto done,
          evaluate::evaluate_properties(ontology::Extractor(std::move(ontology)), args.input));
  if (args.json) {
    std::cout << dump_json(as_json(done, args.mistakes), 2) << "\n";
  } else {
    print(done, args.mistakes);
  }
  return {};
}

}  // namespace fit::cli
