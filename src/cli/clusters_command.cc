#include <charconv>
#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/evaluation.h"
#include "cli/table.h"
#include "evaluate/cluster_evaluation.h"
#include "ingest/clusters/cluster_rebuild.h"
#include "ingest/clusters/cluster_scale.h"
#include "ingest/clusters/clusters.h"
#include "sample/sample.h"

namespace fit::cli {
namespace {

struct ClustersListArgs {
  std::int64_t limit = 20;
  std::int64_t min_size = 2;
  bool json = false;
};

struct ClustersRebuildArgs {
  std::int64_t threads = 0;
  bool json = false;
};

struct ClustersEvaluateArgs {
  std::filesystem::path input;
  std::string label;
  std::string only;
  std::filesystem::path vectors;
  std::int64_t drawn = 0;
  std::string space;
  std::vector<std::string> thresholds;
  bool json = false;
};

void declare(Arguments& arguments, ClustersListArgs& args) {
  arguments.number("--limit", args.limit, 1, 10'000, "Number of clusters, the largest first");
  arguments.number("--min-size", args.min_size, 1, 1'000'000'000, "Only clusters of at least so many images");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, ClustersRebuildArgs& args) {
  arguments.number("--threads", args.threads, 0, 1024, "Threads; 0: one for each processor");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, ClustersEvaluateArgs& args) {
  arguments.optional_positional("PATH", args.input, "Labelled photos, as fit eval reads them");
  arguments.option("--label", args.label, "Column with the label; \"a+b\" requires both to be equal");
  arguments.option("--only", args.only, "Only photos with this value of the label's first column");
  arguments.option("--vectors", args.vectors,
                   "File with vectors of another program: float32, in the order of the CSV's rows");
  arguments.number("--drawn", args.drawn, 0, 5'000,
                   "Instead of PATH: so many drawn garments, each seen from up to "
                   "three sides");
  arguments.option("--space", args.space, "builtin, palette, or the name of an installed model");
  arguments.option("--threshold", args.thresholds, "Values of CLUSTER_THRESHOLD to compare, 0 to 1");
  arguments.flag("--json", args.json, "Print JSON");
}

Result<void> list_clusters(const ClustersListArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const auto clusters,
          ingest::Clusters(store->database())
              .list({.min_size = args.min_size, .limit = static_cast<std::size_t>(args.limit)}));
  if (args.json) {
    Json list = Json::array();
    for (const ingest::Cluster& one : clusters) {
      list.push_back({{"id", one.id.str()},
                      {"label", one.label},
                      {"size", one.size},
                      {"photos", one.photos},
                      {"centre", one.centre.str()},
                      {"created_at", to_rfc3339(one.created_at)},
                      {"updated_at", to_rfc3339(one.updated_at)}});
    }
    std::cout << dump_json({{"clusters", std::move(list)}}, 2) << "\n";
    return {};
  }
  Table table({"ID", "IMAGES", "PHOTOS", "CENTRE", "LABEL"});
  for (const ingest::Cluster& one : clusters) {
    table.add(
        {one.id.str(), std::to_string(one.size), std::to_string(one.photos), one.centre.str(), one.label});
  }
  std::cout << table.str();
  return {};
}

// Brings the index of this process up to date, where there is one, without saving it: a server may do so.
Result<void> follow_catalogue(const OpenCatalogue& catalogue, const std::stop_token& stop) {
  FIT_CHECK(catalogue.space.load_search());
  search::SpaceIndex* const index = catalogue.space.index();
  if (index == nullptr) return {};
  ProgressBar bar("index", "photos");
  FIT_CHECK(index->catch_up(bar.progress(), stop));
  bar.finish();
  return {};
}

void print_rebuild(const ingest::ClusterRebuildReport& report, bool as_json) {
  if (as_json) {
    std::cout << dump_json({{"images", report.images},
                            {"photos", report.photos},
                            {"clusters_before", report.clusters_before},
                            {"clusters", report.clusters},
                            {"kept", report.kept},
                            {"placed", report.placed},
                            {"moved", report.moved}},
                           2)
              << "\n";
    return;
  }
  std::cout << fit::format(
      "{} images of {} different photos are in {} clusters; there were {}, of which {} remain\n"
      "{} images moved to another cluster, {} were in none\n",
      with_thousands(report.images), with_thousands(report.photos), with_thousands(report.clusters),
      with_thousands(report.clusters_before), with_thousands(report.kept), with_thousands(report.moved),
      with_thousands(report.placed));
}

Result<void> rebuild_all(const ClustersRebuildArgs& args, const Context& context) {
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  FIT_CHECK(follow_catalogue(catalogue, context.stop));
  const double threshold =
      ingest::cluster_cosine(context.config().clusters.threshold, catalogue.space.embedder().space());
  std::optional<ProgressBar> bar;
  std::string stage;
  const Progress progress([&](std::string_view name, std::int64_t done, std::int64_t total) {
    if (name != stage) {
      if (bar) bar->finish();
      bar.emplace(std::string(name), "images");
      stage = name;
    }
    bar->update(done, total);
  });
  FIT_TRY(const auto report, ingest::rebuild_clusters(
                                 catalogue.store, catalogue.space.searcher(),
                                 {.threshold = threshold, .threads = static_cast<std::size_t>(args.threads)},
                                 progress, context.stop));
  if (bar) bar->finish();
  print_rebuild(report, args.json);
  return {};
}

// Drawn garments as a sample: the label of an image is the number of its garment.
Result<evaluate::ClusterSample> drawn_sample(std::int64_t garments, embed::Embedder& embedder,
                                             const std::stop_token& stop) {
  evaluate::ClusterSample sample{.dimensions = static_cast<std::size_t>(embedder.space().dimensions)};
  ProgressBar bar("draw", "garments");
  for (std::int64_t i = 0; i < garments; ++i) {
    if (stop.stop_requested()) return cancelled();
    const sample::SampleItem item = sample::draw_item(1, static_cast<std::uint64_t>(i));
    FIT_TRY(const auto vectors, embedder.embed_images(item.images));
    for (const embed::Vector& vector : vectors) {
      sample.labels.push_back(std::to_string(i));
      sample.vectors.insert(sample.vectors.end(), vector.begin(), vector.end());
    }
    bar.update(i + 1, garments);
  }
  bar.finish();
  return sample;
}

// The rows of an evaluation set that have the label and a vector.
evaluate::ClusterSample sample_of(const evaluate::EvaluationSet& set,
                                  const evaluate::EvaluationVectors& vectors, const std::string& only) {
  evaluate::ClusterSample sample{.dimensions = static_cast<std::size_t>(vectors.dimensions)};
  for (std::size_t row = 0; row < set.rows.size(); ++row) {
    const std::string& label = set.rows[row].labels.front();
    if (label.empty() || vectors.present[row] == 0) continue;
    if (!only.empty() && label != only && !label.starts_with(only + std::string(evaluate::kValueSeparator))) {
      continue;
    }
    sample.labels.push_back(label);
    const auto begin = vectors.values.begin() + static_cast<std::ptrdiff_t>(row * sample.dimensions);
    sample.vectors.insert(sample.vectors.end(), begin, begin + vectors.dimensions);
  }
  return sample;
}

Result<evaluate::ClusterSample> labelled_sample(const ClustersEvaluateArgs& args, embed::Embedder& embedder,
                                                const Context& context) {
  std::vector<std::string> labels;
  if (!args.label.empty()) labels.push_back(args.label);
  FIT_TRY(const auto set, evaluate::load_evaluation_set(args.input, labels));
  if (!args.vectors.empty()) {
    FIT_TRY(const auto vectors, evaluate::read_evaluation_vectors(args.vectors, set.rows.size()));
    return sample_of(set, vectors, args.only);
  }
  FIT_TRY(const auto vectors, embed_set(set, embedder, context.image_limits, context.stop));
  return sample_of(set, vectors, args.only);
}

Result<std::vector<double>> thresholds_of(const std::vector<std::string>& texts) {
  if (texts.empty())
    return std::vector<double>{0.72, 0.8, 0.84, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98};
  std::vector<double> thresholds;
  for (const std::string& text : texts) {
    double number = -1;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || !(number >= 0 && number <= 1)) {
      return invalid("--threshold", "must be numbers from 0 to 1");
    }
    thresholds.push_back(number);
  }
  return thresholds;
}

Result<void> evaluate_all(const ClustersEvaluateArgs& args, const Context& context) {
  if (args.input.empty() == (args.drawn == 0))
    return invalid("PATH", "must be given, or --drawn, and not both");
  FIT_TRY(const auto thresholds, thresholds_of(args.thresholds));
  FIT_TRY(const auto embedder, context.embedders.open(args.space));
  FIT_TRY(const auto sample, args.drawn > 0 ? drawn_sample(args.drawn, *embedder, context.stop)
                                            : labelled_sample(args, *embedder, context));
  const bool is_clip = !args.vectors.empty();  // vectors of another program are taken to have CLIP's scale
  std::vector<double> cosines;
  for (const double threshold : thresholds) {
    cosines.push_back(is_clip ? threshold : ingest::cluster_cosine(threshold, embedder->space()));
  }
  FIT_TRY(const auto scores, evaluate::evaluate_clusters(sample, thresholds, cosines, context.stop));
  if (args.json) {
    std::cout << dump_json({{"images", sample.labels.size()}, {"thresholds", evaluate::to_json(scores)}}, 2)
              << "\n";
  } else {
    std::cout << fit::format("{} images\n", with_thousands(static_cast<long long>(sample.labels.size())))
              << evaluate::to_table(scores);
  }
  return {};
}

}  // namespace

void add_clusters(CommandSet& commands) {
  const CommandGroup group = {"clusters", "List, rebuild and evaluate clusters of images that look alike"};
  commands.add<ClustersListArgs>({.group = group, .name = "list", .help = "List clusters, the largest first"},
                                 declare, list_clusters);
  commands.add<ClustersRebuildArgs>(
      {.group = group,
       .name = "rebuild",
       .help = "Make all clusters anew, beside a running server; what people have said of images holds",
       .on_signal = OnSignal::kStop},
      declare, rebuild_all);
  commands.add<ClustersEvaluateArgs>(
      {.group = group,
       .name = "evaluate",
       .help = "Measure clusters against labels, at several thresholds: B-cubed precision and recall",
       .on_signal = OnSignal::kStop,
       .decodes_images = true},
      declare, evaluate_all);
}

}  // namespace fit::cli
