#include "evaluate/composed_evaluation.h"

#include <algorithm>
#include <map>
#include <random>

#include "base/format.h"
#include "base/temp_dir.h"
#include "base/text.h"
#include "evaluate/evaluation_set.h"
#include "search/catalogue_columns.h"
#include "search/index_searcher.h"
#include "search/memory_columns.h"
#include "search/search_engine.h"

namespace fit::evaluate {
namespace {

// An example image and the requested colour.
struct ComposedQuery {
  std::size_t row = 0;
  std::string colour;
};

// The two labels whose joint label the set has.
struct Labels {
  std::size_t type = 0;
  std::size_t colour = 0;
};

Result<Labels> find_labels(const EvaluationSet& set) {
  const auto& names = set.label_names;
  for (const std::string& name : names) {
    const std::size_t plus = name.find('+');
    if (plus == std::string::npos) continue;
    const auto type = std::ranges::find(names, name.substr(0, plus));
    const auto colour = std::ranges::find(names, name.substr(plus + 1));
    if (type == names.end() || colour == names.end()) continue;
    return Labels{static_cast<std::size_t>(type - names.begin()),
                  static_cast<std::size_t>(colour - names.begin())};
  }
  return invalid("labels", "must include a type, a colour and their joint label: TYPE, COLOUR, TYPE+COLOUR");
}

std::string words_of(const ComposedQuery& query) {
  return "but in " + to_lower(query.colour);
}

std::vector<ComposedQuery> draw_queries(const EvaluationSet& set, const EvaluationVectors& vectors,
                                        Labels labels, const ComposedOptions& options) {
  std::map<std::string, std::map<std::string, std::size_t>> colours;  // members by type and colour
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < set.rows.size(); ++row) {
    const auto& values = set.rows[row].labels;
    if (vectors.present[row] == 0 || values[labels.type].empty() || values[labels.colour].empty()) continue;
    ++colours[values[labels.type]][values[labels.colour]];
    rows.push_back(row);
  }
  std::mt19937 random(options.seed);
  std::ranges::shuffle(rows, random);
  std::vector<ComposedQuery> queries;
  for (const std::size_t row : rows) {
    const auto& values = set.rows[row].labels;
    std::vector<std::string> choices;
    for (const auto& [colour, members] : colours[values[labels.type]]) {
      if (members >= kTop && colour != values[labels.colour]) choices.push_back(colour);
    }
    if (choices.empty()) continue;
    queries.push_back({row, choices[random() % choices.size()]});
    if (queries.size() == options.queries) break;
  }
  return queries;
}

// A temporary catalogue of the set's images with a search engine over it.
class Catalogue {
 public:
  static Result<std::unique_ptr<Catalogue>> make(const EvaluationSet& set, const EvaluationVectors& vectors,
                                                 embed::Embedder& embedder,
                                                 const ontology::Ontology& ontology,
                                                 const Labels* properties) {
    std::unique_ptr<Catalogue> made(new Catalogue(embedder));
    FIT_TRY(made->store_, store::open_catalogue("sqlite:///" + (made->folder_.path() / "fit.db").string()));
    const embed::Space& space = embedder.space();
    FIT_TRY(made->space_,
            made->store_->spaces().ensure({space.name, space.model, space.version, space.dimensions}));
    FIT_CHECK(made->fill(set, vectors, properties));
    made->index_ = std::make_unique<search::SpaceIndex>(
        *made->store_,
        search::SpaceIndex::Options{.folder = made->folder_.path() / "index", .space = made->space_},
        Log::silent());
    FIT_CHECK(made->index_->catch_up());
    made->followed_.emplace(*made->store_, std::filesystem::path(), Log::silent());
    FIT_CHECK(made->followed_->catch_up());
    made->searcher_.emplace(*made->index_);
    made->columns_.emplace(*made->followed_);
    made->engine_.emplace(search::SearchEngine::Parts{.store = *made->store_,
                                                      .embedder = embedder,
                                                      .searcher = *made->searcher_,
                                                      .columns = *made->columns_,
                                                      .ontology = ontology,
                                                      .rerank_spaces = {},
                                                      .image_limits = {},
                                                      .metrics = made->metrics_});
    return made;
  }

  // The rows of the first results of the search engine.
  Result<std::vector<std::size_t>> by_engine(const ComposedQuery& composed) {
    search::Query query;
    query.item_id = items_.at(composed.row);
    query.text = words_of(composed);
    query.limit = kTop;
    FIT_TRY(const search::SearchResults results, engine_->search(query));
    std::vector<std::size_t> rows;
    for (const search::Hit& hit : results.hits) rows.push_back(rows_.at(hit.item.id));
    return rows;
  }

  // The rows of the nearest vectors to the sum of the example's and the words' vectors.
  Result<std::vector<std::size_t>> by_addition(const ComposedQuery& query) {
    const ItemId item = items_.at(query.row);
    FIT_TRY(auto stored, store_->vectors().of_items(space_.id, std::span(&item, 1)));
    const std::string words = words_of(query);
    FIT_TRY(const auto text, embedder_.embed_texts(std::span(&words, 1)));
    embed::Vector& sum = stored.front().values;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += text.front()[i];
    FIT_TRY(const auto found, index_->vectors()->search(sum, {.limit = kTop + 1}));
    std::vector<std::size_t> rows;
    for (const domain::Neighbor& one : found) {
      if (one.item != item && rows.size() < kTop) rows.push_back(rows_.at(one.item));
    }
    return rows;
  }

 private:
  explicit Catalogue(embed::Embedder& embedder) : embedder_(embedder) {}

  Result<void> fill(const EvaluationSet& set, const EvaluationVectors& vectors, const Labels* properties) {
    const auto dimensions = static_cast<std::size_t>(vectors.dimensions);
    std::vector<domain::ItemWrite> items;
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < set.rows.size(); ++row) {
      if (vectors.present[row] == 0) continue;
      domain::ItemWrite item;
      item.listing.source = "evaluation";
      item.listing.external_id = std::to_string(row);
      if (properties != nullptr) {
        const auto& labels = set.rows[row].labels;
        item.listing.properties[*domain::property_index("subcategory")] = to_lower(labels[properties->type]);
        item.listing.properties[*domain::property_index("primary_color")] =
            to_lower(labels[properties->colour]);
      }
      const float* const values = vectors.values.data() + row * dimensions;
      domain::ImageWrite image;
      image.location = set.rows[row].image;
      image.sha256 = fit::format("{:064}", row);
      image.format = "jpeg";
      image.width = image.height = 1;
      image.vectors = {{space_.id, {values, values + dimensions}}};
      item.images.push_back(std::move(image));
      items.push_back(std::move(item));
      rows.push_back(row);
    }
    FIT_TRY(const auto outcomes, store_->items().upsert(items));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      items_[rows[i]] = outcomes[i].id;
      rows_[outcomes[i].id] = rows[i];
    }
    return {};
  }

  embed::Embedder& embedder_;
  TempDir folder_;
  Metrics metrics_;
  std::unique_ptr<store::Catalogue> store_;
  domain::SpaceRecord space_;
  std::optional<search::CatalogueColumns> followed_;
  std::unique_ptr<search::SpaceIndex> index_;
  std::optional<search::IndexSearcher> searcher_;
  std::optional<search::MemoryColumns> columns_;
  std::optional<search::SearchEngine> engine_;
  std::unordered_map<std::size_t, ItemId> items_;  // the item of each row
  std::unordered_map<ItemId, std::size_t> rows_;
};

// Adds the scores of queries to a mean.
class Scorer {
 public:
  Scorer(const EvaluationSet& set, Labels labels, std::size_t queries)
      : set_(set), labels_(labels), share_(1.0 / static_cast<double>(kTop * queries)) {}

  void add(const ComposedQuery& query, const std::vector<std::size_t>& results, ComposedScore& sum) const {
    for (const std::size_t row : results) {
      const auto& values = set_.rows[row].labels;
      const bool colour = values[labels_.colour] == query.colour;
      const bool type = values[labels_.type] == set_.rows[query.row].labels[labels_.type];
      sum.colour += colour ? share_ : 0;
      sum.type += type ? share_ : 0;
      sum.both += colour && type ? share_ : 0;
    }
  }

 private:
  const EvaluationSet& set_;
  Labels labels_;
  double share_;
};

Json json_of(const ComposedScore& score) {
  return {{"colour", score.colour}, {"type", score.type}, {"both", score.both}};
}

}  // namespace

Result<ComposedReport> evaluate_composed(const EvaluationSet& set, const EvaluationVectors& vectors,
                                         embed::Embedder& embedder, const ontology::Ontology& ontology,
                                         const ComposedOptions& options) {
  FIT_TRY(const Labels labels, find_labels(set));
  const auto queries = draw_queries(set, vectors, labels, options);
  if (queries.empty()) return invalid("path", "has no type with ten images each of two colours");
  FIT_TRY(const auto images, Catalogue::make(set, vectors, embedder, ontology, nullptr));
  FIT_TRY(const auto listings, Catalogue::make(set, vectors, embedder, ontology, &labels));
  ComposedReport report{
      .space = embedder.space().name,
      .type_label = set.label_names[labels.type],
      .colour_label = set.label_names[labels.colour],
      .images = static_cast<std::size_t>(std::ranges::count(vectors.present, std::uint8_t{1})),
      .queries = queries.size(),
      .addition = {},
      .images_alone = {},
      .with_properties = {}};
  const Scorer scorer(set, labels, queries.size());
  for (const ComposedQuery& query : queries) {
    FIT_TRY(const auto by_addition, images->by_addition(query));
    FIT_TRY(const auto by_images, images->by_engine(query));
    FIT_TRY(const auto by_properties, listings->by_engine(query));
    scorer.add(query, by_addition, report.addition);
    scorer.add(query, by_images, report.images_alone);
    scorer.add(query, by_properties, report.with_properties);
  }
  return report;
}

std::string to_table(const ComposedReport& report) {
  std::string table = fit::format("space {}, {} queries \"this, but in COLOUR\" over {} images\n\n",
                                  report.space, report.queries, report.images);
  table += fit::format("{:<32}  {:>8}  {:>8}  {:>8}\n", "first ten results", "colour", "type", "both");
  const auto add = [&table](std::string_view name, const ComposedScore& score) {
    table +=
        fit::format("{:<32}  {:>8.3f}  {:>8.3f}  {:>8.3f}\n", name, score.colour, score.type, score.both);
  };
  add("vectors added", report.addition);
  add("engine, images alone", report.images_alone);
  add("engine, items with properties", report.with_properties);
  return table;
}

Json to_json(const ComposedReport& report) {
  return {{"space", report.space},
          {"mode", "composed"},
          {"type_label", report.type_label},
          {"colour_label", report.colour_label},
          {"pictures", report.images},
          {"questions", report.queries},
          {"addition", json_of(report.addition)},
          {"pictures_alone", json_of(report.images_alone)},
          {"with_properties", json_of(report.with_properties)}};
}

}  // namespace fit::evaluate
