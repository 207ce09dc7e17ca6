#include "evaluate/text_evaluation.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/format.h"
#include "evaluate/evaluation_set.h"

namespace fit::evaluate {
namespace {

// "Tshirts + Navy Blue" -> "Navy Blue Tshirts"
std::string words_of(std::string_view value) {
  std::string text;
  while (true) {
    const std::size_t at = value.rfind(kValueSeparator);
    if (!text.empty()) text += ' ';
    if (at == std::string_view::npos) return text += value;
    text += value.substr(at + kValueSeparator.size());
    value = value.substr(0, at);
  }
}

// The rows of the gallery, nearest first.
std::vector<std::size_t> ranked(const std::vector<std::size_t>& gallery, const EvaluationVectors& vectors,
                                const embed::Vector& query) {
  const auto dimensions = static_cast<std::size_t>(vectors.dimensions);
  std::vector<double> scores;
  scores.reserve(gallery.size());
  for (const std::size_t row : gallery) {
    scores.push_back(embed::dot(query, {vectors.values.data() + row * dimensions, dimensions}));
  }
  std::vector<std::size_t> order(gallery.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return scores[i]; });
  for (std::size_t& position : order) position = gallery[position];
  return order;
}

TextScore score(const EvaluationSet& set, std::size_t label, const std::string& value, std::size_t members,
                const std::vector<std::size_t>& order) {
  TextScore result{.queries = 1};
  std::size_t found = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (set.rows[order[i]].labels[label] != value) continue;
    if (result.mean_reciprocal_rank == 0) result.mean_reciprocal_rank = 1.0 / static_cast<double>(i + 1);
    if (i >= kTop) break;
    ++found;
  }
  result.precision_at_10 = static_cast<double>(found) / kTop;
  result.recall_at_10 = static_cast<double>(found) / static_cast<double>(std::min(kTop, members));
  return result;
}

void add(const TextScore& one, TextScore& sum) {
  sum.queries += one.queries;
  sum.precision_at_10 += one.precision_at_10;
  sum.recall_at_10 += one.recall_at_10;
  sum.mean_reciprocal_rank += one.mean_reciprocal_rank;
}

void divide(TextScore& sum) {
  const double queries = std::max<double>(1, static_cast<double>(sum.queries));
  sum.precision_at_10 /= queries;
  sum.recall_at_10 /= queries;
  sum.mean_reciprocal_rank /= queries;
}

void add_row(std::string& table, std::size_t width, const std::string& name, std::size_t members,
             const TextScore& score) {
  table += fit::format("{:<{}}  {:>8}  {:>12.3f}  {:>9.3f}  {:>6.3f}\n", name, width, members,
                       score.precision_at_10, score.recall_at_10, score.mean_reciprocal_rank);
}

Json json_of(const TextScore& score) {
  return {{"queries", score.queries},
          {"precision_at_10", score.precision_at_10},
          {"recall_at_10", score.recall_at_10},
          {"mean_reciprocal_rank", score.mean_reciprocal_rank}};
}

}  // namespace

Result<TextReport> evaluate_texts(const EvaluationSet& set, const EvaluationVectors& vectors,
                                  embed::Embedder& embedder) {
  const std::vector<std::size_t> gallery = gallery_rows(set, vectors);
  TextReport report{.space = embedder.space().name, .labels = {}};
  for (std::size_t label = 0; label < set.label_names.size(); ++label) {
    std::map<std::string, std::size_t> members;
    for (const std::size_t row : gallery) ++members[set.rows[row].labels[label]];
    TextReport::Label result{.name = set.label_names[label], .overall = {}, .values = {}};
    for (const auto& [value, count] : members) {
      if (value.empty() || count < kMinTextMembers) continue;
      const std::string text = words_of(value);
      FIT_TRY(const auto query, embedder.embed_texts(std::span(&text, 1)));
      const TextScore one = score(set, label, value, count, ranked(gallery, vectors, query.front()));
      add(one, result.overall);
      result.values.push_back({text, count, one});
    }
    divide(result.overall);
    std::ranges::stable_sort(result.values, std::greater(), &TextReport::Value::members);
    report.labels.push_back(std::move(result));
  }
  return report;
}

std::string to_table(const TextReport& report) {
  std::size_t width = 12;
  for (const auto& label : report.labels) {
    width = std::max(width, label.name.size());
    for (const auto& value : label.values) width = std::max(width, value.text.size() + 2);
  }
  std::string table = fit::format("space {}, queries by words\n\n{:<{}}  {:>8}  {:>12}  {:>9}  {:>6}\n",
                                  report.space, "label", width, "images", "precision@10", "recall@10", "MRR");
  for (const auto& label : report.labels) {
    std::size_t members = 0;
    for (const auto& value : label.values) members += value.members;
    add_row(table, width, label.name, members, label.overall);
    for (const auto& value : label.values)
      add_row(table, width, "  " + value.text, value.members, value.score);
  }
  return table;
}

Json to_json(const TextReport& report) {
  Json labels = Json::array();
  for (const auto& label : report.labels) {
    Json object = json_of(label.overall);
    object["label"] = label.name;
    object["values"] = Json::array();
    for (const auto& value : label.values) {
      Json one = json_of(value.score);
      one["text"] = value.text;
      one["pictures"] = value.members;
      object["values"].push_back(std::move(one));
    }
    labels.push_back(std::move(object));
  }
  return {{"space", report.space}, {"mode", "text"}, {"labels", std::move(labels)}};
}

}  // namespace fit::evaluate
