#include "base/files.h"
#include "cli/commands.h"
#include "cli/evaluation.h"
#include "evaluate/contact_sheet.h"
#include "ontology/ontology.h"

namespace fit::cli {
namespace {

struct EvalArgs {
  std::filesystem::path input;
  std::vector<std::string> spaces;  // providers or models to compare; empty: the configured one
  std::filesystem::path vectors;    // a file of float32 vectors in the order of the CSV; empty: none
  std::vector<std::string> labels;  // columns of the CSV; empty: all that are usable
  std::filesystem::path sheet;      // a contact sheet to write; empty: none
  std::int64_t sheet_queries = 40;  // rows of the contact sheet for each space
  bool composed = false;            // also evaluates "this, but in COLOUR"
  bool json = false;
};

void declare(Arguments& arguments, EvalArgs& args) {
  arguments.positional(
      "PATH", args.input,
      "Folder with a sub-folder for each class, or with train/ and validation/ of such folders, or with "
      "styles.csv; or a CSV");
  arguments.option("--space", args.spaces,
                   "Spaces to compare: builtin, palette, or the name of an installed model");
  arguments.option("--vectors", args.vectors,
                   "File with vectors of another program: float32, in the order of the CSV's rows");
  arguments.option("--label", args.labels, "Columns with the labels; \"a+b\" requires both to be equal");
  arguments.flag(
      "--composed", args.composed,
      "Also measure queries \"this, but in COLOUR\" if images have a joint label of type and colour");
  arguments.option(
      "--sheet", args.sheet,
      "Also write a contact sheet: an HTML file with queries and their ten nearest images in rows");
  arguments.number("--sheet-queries", args.sheet_queries, 1, 1000,
                   "Queries of the contact sheet for each space");
  arguments.flag("--json", args.json, "Print JSON");
}

Result<evaluate::EvaluationReport> score(const evaluate::EvaluationSet& set,
                                         const evaluate::EvaluationVectors& vectors, const std::string& space,
                                         const std::stop_token& stop) {
  return evaluate::evaluate(set, vectors, {.space = space}, {}, stop);
}

Result<void> run(const EvalArgs& args, const Context& context) {
  const media::Limits limits = context.image_limits;
  FIT_TRY(const evaluate::EvaluationSet set, evaluate::load_evaluation_set(args.input, args.labels));
  FIT_TRY(const auto ontology, ontology::Ontology::load());
  Output output(args.json);
  evaluate::ContactSheet sheet(
      set, {.queries = static_cast<std::size_t>(args.sheet_queries), .image_limits = limits});
  const auto add_rows = [&](const std::string& space,
                            const evaluate::EvaluationVectors& vectors) -> Result<void> {
    return args.sheet.empty() ? Result<void>() : sheet.add(space, vectors, context.stop);
  };
  if (!args.vectors.empty()) {
    FIT_TRY(const auto vectors, evaluate::read_evaluation_vectors(args.vectors, set.rows.size()));
    FIT_TRY(const auto report, score(set, vectors, args.vectors.filename().string(), context.stop));
    output.add(report);
    FIT_CHECK(add_rows(args.vectors.filename().string(), vectors));
  }
  std::vector<std::string> spaces = args.spaces;
  if (spaces.empty() && args.vectors.empty()) spaces.emplace_back();
  for (const std::string& space : spaces) {
    FIT_TRY(const auto embedder, context.embedders.open(space));
    FIT_TRY(const auto vectors, embed_set(set, *embedder, limits, context.stop));
    FIT_TRY(const auto report, score(set, vectors, embedder->space().name, context.stop));
    output.add(report);
    FIT_CHECK(add_rows(embedder->space().name, vectors));
    if (!embedder->space().has_text) continue;
    FIT_TRY(const auto by_words, evaluate::evaluate_texts(set, vectors, *embedder));
    output.add(by_words);
    if (!args.composed) continue;
    FIT_TRY(const auto composed, evaluate::evaluate_composed(set, vectors, *embedder, ontology, {}));
    output.add(composed);
  }
  output.end();
  if (!args.sheet.empty()) FIT_CHECK(write_file_atomically(args.sheet, as_bytes(sheet.html())));
  return {};
}

}  // namespace

void add_eval(CommandSet& commands) {
  commands.add<EvalArgs>({.name = "eval",
                          .help = "Measure retrieval on labelled photos: precision at 10, top-1 and mean "
                                  "average precision by photo, "
                                  "and by words where the model embeds texts",
                          .on_signal = OnSignal::kStop,
                          .decodes_images = true},
                         declare, run);
}

}  // namespace fit::cli
