// Times the import of a folder, CSV or NDJSON file into a fresh catalogue:
//   catalog_import_bench INPUT [palette|none|MODEL_FOLDER] [threads]
// "none" embeds nothing: decoding, thumbnails, hashes and the store alone.
#include <sys/resource.h>

#include <iostream>

#include "base/format.h"
#include "base/temp_dir.h"
#include "embed/provider.h"
#include "ingest/import/importer.h"

namespace {

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

fit::Result<void> bench(const std::filesystem::path& input, const std::string& model, std::size_t threads) {
  using namespace fit;
  using namespace fit::ingest;
  FIT_CHECK(media::start_vips());
  const TempDir folder;
  FIT_TRY(const auto store, store::open_catalogue("sqlite:///" + (folder.path() / "fit.db").string()));
  std::unique_ptr<embed::Embedder> embedder;
  std::vector<catalog::ActiveSpace> spaces;
  if (model != "none") {
    embed::EmbedderOptions embedder_options;
    embedder_options.provider = model == "palette" ? "palette" : "onnx";
    if (model != "palette") embedder_options.model = model;
    FIT_TRY(embedder, embed::make_embedder(embedder_options));
    const embed::Space& space = embedder->space();
    FIT_TRY(const auto record,
            store->spaces().ensure({space.name, space.model, space.version, space.dimensions}));
    spaces.push_back({record.id, embedder.get()});
  }
  net::HttpClient http({});
  Metrics metrics;
  catalog::CatalogOptions options;
  options.allow_local_paths = true;
  FIT_TRY(auto ontology, ontology::Ontology::load());
  catalog::Catalog catalog({.store = *store,
                            .http = http,
                            .files = catalog::local_image_files(folder.path() / "storage"),
                            .spaces = spaces,
                            .ontology = std::move(ontology),
                            .log = Log::silent(),
                            .metrics = metrics,
                            .on_change = {}},
                           options);
  ImportOptions import_options;
  FIT_TRY(import_options.format, import_format(input));
  import_options.threads = threads;
  for (const char* run : {"first", "again"}) {
    const double cpu_before = cpu_seconds();
    ImportReport report;
    FIT_CHECK(Importer(catalog.writer()).run(input, import_options, {}, {}, report));
    const double cpu = cpu_seconds() - cpu_before;
    const auto rows =
        static_cast<double>(report.created + report.updated + report.unchanged + report.rejected);
    std::cout << fit::format(
        "{}: {} rows, {} new, {} unchanged, {} rejected, {:.2f} s, {:.0f} rows/s, {:.2f} ms of processor a "
        "row, {} KiB at most\n",
        run, rows, report.created, report.unchanged, report.rejected, report.seconds, rows / report.seconds,
        cpu * 1000 / rows, peak_kib());
  }
  std::cout << metrics.expose();
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::cerr << "usage: catalog_import_bench INPUT [palette|MODEL_FOLDER] [threads]\n";
    return 2;
  }
  const std::string model = count > 2 ? arguments[2] : "palette";
  const std::size_t threads = count > 3 ? std::stoul(arguments[3]) : 0;
  if (const auto done = bench(arguments[1], model, threads); !done) {
    std::cerr << done.error().describe() << "\n";
    return 1;
  }
  return 0;
}
