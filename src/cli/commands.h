#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "base/config.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/text_vectors.h"
#include "cli/command_line.h"
#include "embed/embedder.h"
#include "search/search_engine.h"
#include "search/space_index.h"

// The fit commands. Each prints its answer to standard output and its progress to standard error, and answers
// an Error for main to print. `stop` is set by Ctrl-C: long work then ends early and cleanly.
namespace fit::cli {

// Every setting with its value, where it came from and what it means. `chosen_space`: the one that goes
// before EMBEDDING_PROVIDER and EMBEDDING_MODEL; empty: none.
void print_config(const std::vector<ConfigValue>& values, const std::string& chosen_space,
                  const ConfigArgs& args);

// Imports and tells what came of it; kCancelled when stopped.
Result<void> run_import(catalog::Catalog& catalog, const ImportArgs& args, const std::stop_token& stop);

// Brings the vectors of --vectors to the items that run_import() stored.
Result<void> run_vector_import(store::Catalogue& store, const ImportArgs& args, const std::stop_token& stop);

// Draws the sample catalogue into `folder`.
Result<void> draw_sample(const std::filesystem::path& folder, const SampleArgs& args,
                         const std::stop_token& stop);

// Prints a table of look-alikes, or the HTTP API's answer with --json.
Result<void> run_search(search::SearchEngine& engine, const SearchArgs& args, const media::Limits& limits);

// Embeds the images that have no vector in the space, or tells how many there are.
Result<void> run_embed(catalog::Catalog& catalog, store::Catalogue& store, const catalog::ActiveSpace& space,
                       const EmbedArgs& args, const std::stop_token& stop);

// Lists the catalogue's spaces, or chooses the one that searches use. kNotFound for an unknown one,
// kUnavailable without its model, kConflict when it lacks vectors.
using SpaceOf = std::function<Result<embed::Space>(const std::string& model)>;  // empty: of the settings
Result<void> run_space(store::Catalogue& store, const SpaceOf& space_of, const SpaceArgs& args);

// Embeds images without a vector in the active spaces.
Result<void> run_backfill(catalog::Catalog& catalog, const std::stop_token& stop);

// Gives items their vectors in the space of texts under a progress bar. A provider that fails is only told:
// those items wait.
void fill_text_vectors(catalog::TextVectors& vectors, const std::stop_token& stop);

// Brings the index up to date under a progress bar and writes its snapshot.
Result<void> update_index(search::SpaceIndex& index, const std::stop_token& stop);

// `texts`: the space of items' texts, or nullptr.
Result<void> print_index_status(store::Catalogue& store, const search::Backend& backend,
                                const domain::SpaceRecord* texts, const IndexArgs& args);

// Removes the image files that no item names any more, or tells how many there are.
Result<void> run_assets(store::Catalogue& store, const Config& config, const AssetsArgs& args,
                        const std::stop_token& stop);

// Makes a backup of the configured catalogue, or brings one back.
Result<void> run_backup(const Config& config, const BackupArgs& args, const std::stop_token& stop);

// Brings a catalogue into another database.
Result<void> run_copy(const CopyArgs& args, const store::GraphOptions& graph, const std::stop_token& stop);

// Applies what the database's schema lacks, and prints what it has and what was done.
Result<void> run_migrate(const Config& config, const MigrateArgs& args);

// Makes the embedder of a provider's or model's name; empty: the configured one.
using EmbedderFactory = std::function<Result<std::unique_ptr<embed::Embedder>>(const std::string& space)>;
Result<void> run_eval(const EmbedderFactory& make_embedder, const EvalArgs& args, const media::Limits& limits,
                      const std::stop_token& stop);
Result<void> run_tune(const EmbedderFactory& make_embedder, const TuneArgs& args, const media::Limits& limits,
                      const std::stop_token& stop);

}  // namespace fit::cli
