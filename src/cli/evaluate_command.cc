#include <iostream>

#include "base/format.h"
#include "cli/commands.h"
#include "cli/evaluation.h"
#include "cli/table.h"
#include "evaluate/fusion_evaluation.h"
#include "evaluate/outfit_evaluation.h"
#include "evaluate/page_evaluation.h"
#include "evaluate/taste_evaluation.h"
#include "evaluate/trend_evaluation.h"
#include "style/outfits/compatibility.h"

namespace fit::cli {
namespace {

struct EvaluatePagesArgs {
  std::filesystem::path folder;
  bool errors = false;
  bool json = false;
};

void declare(Arguments& arguments, EvaluatePagesArgs& args) {
  arguments.positional("DIR", args.folder, "Folder with ground-truth.json and html/NAME.html or .html.gz");
  arguments.flag("--errors", args.errors, "Also print each value that was read wrong");
  arguments.flag("--json", args.json, "Print JSON");
}

std::string all_of(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : " or ") + text;
  return all.empty() ? "-" : all;
}

Result<void> evaluate_pages(const EvaluatePagesArgs& args, const Context& context) {
  FIT_TRY(const auto done, evaluate::evaluate_pages(args.folder, context.stop));
  if (args.json) {
    std::cout << dump_json(evaluate::to_json(done), 2) << "\n";
    return {};
  }
  Table table({"field", "F1", "precision", "recall", "annotated pages"});
  for (const evaluate::FieldScore& one : done.scores) {
    table.add({one.field, fit::format("{:.3f}", one.f1()), fit::format("{:.3f}", one.precision()),
               fit::format("{:.3f}", one.recall()), fit::format("{}", one.annotated_pages)});
  }
  std::cout << table.str() << fit::format("{} pages\n", done.pages);
  if (!args.errors || done.errors.empty()) return {};
  Table wrong({"field", "expected", "read", "from", "page", "url"});
  for (const evaluate::PageError& one : done.errors) {
    wrong.add({one.field, all_of(one.expected), one.read.empty() ? "-" : one.read,
               one.origin.empty() ? "-" : one.origin, one.page.substr(0, 12), one.url});
  }
  std::cout << "\n" << wrong.str();
  return {};
}

struct EvaluateOutfitsArgs {
  std::filesystem::path folder;
  bool json = false;
};

void declare(Arguments& arguments, EvaluateOutfitsArgs& args) {
  arguments.positional("DIR", args.folder,
                       "Folder with blanks-validation.csv and, for the baseline, train.csv");
  arguments.flag("--json", args.json, "Print JSON");
}

void add_share(Table& table, const char* answered_by, std::int64_t correct, std::int64_t questions) {
  const evaluate::Share share = evaluate::share_of(correct, questions);
  table.add({answered_by, fit::format("{:.3f}", share.value),
             fit::format("{:.3f} to {:.3f}", share.lower, share.upper)});
}

Result<void> evaluate_outfits(const EvaluateOutfitsArgs& args, const Context& context) {
  FIT_TRY(const auto compatibility, style::Compatibility::load());
  FIT_TRY(const auto done, evaluate::evaluate_outfits(compatibility, args.folder, context.stop));
  if (args.json) {
    std::cout << dump_json(evaluate::to_json(done), 2) << "\n";
    return {};
  }
  Table table({"answered by", "accuracy", "95 % interval"});
  add_share(table, "compatibility", done.correct, done.questions);
  if (done.correct_by_pairs) add_share(table, "pairs of train.csv", *done.correct_by_pairs, done.questions);
  table.add({"chance", fit::format("{:.3f}", evaluate::kOutfitChance), "-"});
  std::cout << table.str()
            << fit::format("{} questions, {} with an unknown category\n", done.questions,
                           done.with_unknown_category);
  return {};
}

struct EvaluateTasteArgs {
  std::filesystem::path folder;
  std::string space;              // the provider or model that embeds the photos; empty: see the help
  std::filesystem::path vectors;  // a file of float32 vectors in the order of styles.csv; empty: see the help
  std::uint64_t people = evaluate::TasteEvaluationOptions{}.people;
  std::uint64_t seed = evaluate::TasteEvaluationOptions{}.seed;
  bool json = false;
};

// The vectors that the product table may come with.
constexpr std::string_view kProductVectors = "clip_vit_b32.f32";

void declare_taste(Arguments& arguments, EvaluateTasteArgs& args) {
  arguments.positional("DIR", args.folder, "Folder with styles.csv and images/ID.jpg");
  arguments.option("--space", args.space,
                   "Embed the photos by builtin, palette, or an installed model; without it, the vectors of "
                   "clip_vit_b32.f32 in the folder, otherwise builtin");
  arguments.option("--vectors", args.vectors,
                   "File with vectors of another program: float32, in the order of the rows of styles.csv");
  arguments.number("--people", args.people, 1, 10'000, "Number of simulated people");
  arguments.number("--seed", args.seed, "Seed of what they like and do");
  arguments.flag("--json", args.json, "Print JSON");
}

Result<evaluate::EvaluationVectors> taste_vectors(const EvaluateTasteArgs& args,
                                                  const evaluate::EvaluationSet& set,
                                                  const Context& context) {
  std::filesystem::path file = args.vectors;
  std::error_code ignored;
  if (file.empty() && args.space.empty() && std::filesystem::exists(args.folder / kProductVectors, ignored)) {
    file = args.folder / kProductVectors;
  }
  if (!file.empty()) return evaluate::read_evaluation_vectors(file, set.rows.size());
  FIT_TRY(const auto embedder, context.embedders.open(args.space.empty() ? "builtin" : args.space));
  return embed_set(set, *embedder, context.image_limits, context.stop);
}

std::string signed_percent(double share) {
  return fit::format("{:+.1f} %", 100 * share);
}

Result<void> evaluate_taste(const EvaluateTasteArgs& args, const Context& context) {
  FIT_TRY(const auto set, evaluate::load_evaluation_set(args.folder, evaluate::taste_columns()));
  FIT_TRY(const auto vectors, taste_vectors(args, set, context));
  FIT_TRY(const auto sample, evaluate::taste_sample(set, vectors));
  evaluate::TasteEvaluationOptions options;
  options.people = args.people;
  options.seed = args.seed;
  FIT_TRY(const auto done, evaluate::evaluate_taste(sample, options, context.stop));
  if (args.json) {
    std::cout << dump_json(evaluate::to_json(done), 2) << "\n";
    return {};
  }
  Table table({"taps", "number", "search P@10", "with taste", "gain", "random list P@10", "list by taste",
               "confidence"});
  for (const evaluate::TasteScenario& scenario : done.scenarios) {
    for (const evaluate::TastePoint& point : scenario.points) {
      table.add({scenario.name, fit::format("{}", point.taps), fit::format("{:.3f}", point.plain),
                 fit::format("{:.3f}", point.personal), signed_percent(point.gain()),
                 fit::format("{:.3f}", point.plain_list), fit::format("{:.3f}", point.list),
                 fit::format("{:.2f}", point.confidence)});
    }
  }
  std::cout << table.str() << "\n";
  Table goals({"goal", "at least", "reached", "met"});
  for (const evaluate::TasteGoal& goal : done.goals) {
    goals.add({goal.name, fit::format("{:.2f}", goal.least), fit::format("{:.3f}", goal.reached),
               goal.is_met() ? "yes" : "no"});
  }
  std::cout << goals.str() << fit::format("{} people, {} items\n", done.people, done.items);
  return {};
}

void declare(Arguments& arguments, evaluate::TrendEvaluationOptions& args) {
  arguments.number("--catalogues", args.catalogues, 1, 10'000,
                   "Number of catalogues with planted trends, and of those without any");
  arguments.number("--seed", args.seed, "Seed of what is drawn");
}

Result<void> evaluate_trends(const evaluate::TrendEvaluationOptions& args, const Context& context) {
  FIT_TRY(const auto done, evaluate::evaluate_trends(args, context.stop));
  Table table({"planted", "missed", "reported", "not planted", "steady catalogues", "with a trend"});
  table.add({fit::format("{}", done.planted), fit::format("{}", done.missed),
             fit::format("{}", done.reported), fit::format("{}", done.others),
             fit::format("{}", args.catalogues), fit::format("{}", done.false_alarms)});
  std::cout << table.str();
  return {};
}

struct EvaluateFusionArgs {
  std::filesystem::path path;
  std::vector<std::string> spaces = {"builtin", "palette"};
  std::uint64_t worlds = evaluate::FusionEvaluationOptions{}.worlds;
  std::uint64_t seed = evaluate::FusionEvaluationOptions{}.seed;
  bool json = false;
};

void declare_fusion(Arguments& arguments, EvaluateFusionArgs& args) {
  arguments.positional(
      "PATH", args.path,
      "Labelled photos, as for fit eval; the first label is the kind, the second the colour");
  arguments.option("--spaces", args.spaces,
                   "Two or more of builtin, palette and installed models; the first is the searched one");
  arguments.number("--worlds", args.worlds, 1, 10'000, "Number of simulated worlds of each scenario");
  arguments.number("--seed", args.seed, "Seed of what people are after and do");
  arguments.flag("--json", args.json, "Print JSON");
}

Result<void> evaluate_fusion(const EvaluateFusionArgs& args, const Context& context) {
  FIT_TRY(auto set, evaluate::load_evaluation_set(args.path));
  if (set.rows.size() > evaluate::kMostFusionItems) set.rows.resize(evaluate::kMostFusionItems);
  std::vector<evaluate::EvaluationVectors> vectors;
  for (const std::string& space : args.spaces) {
    FIT_TRY(const auto embedder, context.embedders.open(space));
    FIT_TRY(vectors.emplace_back(), embed_set(set, *embedder, context.image_limits, context.stop));
  }
  FIT_TRY(const auto sample, evaluate::fusion_sample(set, args.spaces, vectors));
  FIT_TRY(const auto done,
          evaluate::evaluate_fusion(sample, {.worlds = args.worlds, .seed = args.seed}, context.stop));
  if (args.json) {
    std::cout << dump_json(evaluate::to_json(done), 2) << "\n";
    return {};
  }
  Table table({"query", "scenario", "lessons", "fixed", "adapted", "gain", "fallbacks", "in fallback"});
  for (const evaluate::FusionScenario& scenario : done.scenarios) {
    for (const evaluate::FusionPoint& point : scenario.points) {
      table.add({scenario.query_type, scenario.name, fit::format("{}", point.lessons),
                 fit::format("{:.3f}", point.fixed), fit::format("{:.3f}", point.adapted),
                 signed_percent(point.gain()), fit::format("{:.2f}", point.fallbacks),
                 fit::format("{:.2f}", point.in_fallback)});
    }
  }
  std::cout << table.str() << "\n";
  Table goals({"goal", "at least", "reached", "met"});
  for (const evaluate::FusionGoal& goal : done.goals) {
    goals.add(
        {goal.name, signed_percent(goal.least), signed_percent(goal.reached), goal.is_met() ? "yes" : "no"});
  }
  std::cout << goals.str() << fit::format("{} worlds, {} items\n", done.worlds, done.items);
  return {};
}

}  // namespace

void add_evaluate(CommandSet& commands) {
  const CommandGroup group{
      "evaluate", "Measure how listings are read, outfits are judged, tastes and weights are learned"};
  commands.add<EvaluatePagesArgs>(
      {.group = group,
       .name = "pages",
       .help = "Compare price, SKU and availability read from annotated product pages with the annotations",
       .on_signal = OnSignal::kStop,
       .tenant_use = TenantUse::kNone},
      declare, evaluate_pages);
  commands.add<EvaluateOutfitsArgs>(
      {.group = group,
       .name = "outfits",
       .help = "Answer fill-in-the-blank questions about real outfits with the compatibility model",
       .on_signal = OnSignal::kStop,
       .tenant_use = TenantUse::kNone},
      declare, evaluate_outfits);
  commands.add<EvaluateTasteArgs>(
      {.group = group,
       .name = "taste",
       .help = "Measure how search improves with feedback, on simulated people and a product table",
       .on_signal = OnSignal::kStop,
       .decodes_images = true,
       .tenant_use = TenantUse::kNone},
      declare_taste, evaluate_taste);
  commands.add<EvaluateFusionArgs>(
      {.group = group,
       .name = "fusion",
       .help = "Measure how adapted weights change searches, on simulated people and labelled photos",
       .on_signal = OnSignal::kStop,
       .decodes_images = true,
       .tenant_use = TenantUse::kNone},
      declare_fusion, evaluate_fusion);
  commands.add<evaluate::TrendEvaluationOptions>(
      {.group = group,
       .name = "trends",
       .help = "Measure how many trends are found, and how many false ones, in drawn catalogues",
       .on_signal = OnSignal::kStop,
       .tenant_use = TenantUse::kNone},
      declare, evaluate_trends);
}

}  // namespace fit::cli
