
#include "evaluate/evaluation.h"

#include "base/format.h"

namespace fit::evaluate {
namespace {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

void add_row(std::string& table, std::size_t width, std::string name, const EvaluationScore& score) {
  name.resize(name.size() + width - std::min(width, characters(name)), ' ');
  table += fit::format("{}  {:>7}  {:>12.3f}  {:>6.3f}  {:>6.3f}\n", name, score.queries,
                       score.precision_at_10, score.top1, score.mean_average_precision);
}

void add_score(Json& object, const EvaluationScore& score) {
  object["queries"] = score.queries;
  object["precision_at_10"] = score.precision_at_10;
  object["top1"] = score.top1;
  object["mean_average_precision"] = score.mean_average_precision;
}

}  // namespace

std::string to_table(const EvaluationReport& report) {
  std::string table = fit::format("space {} ({} dimensions): {} images, {} unreadable\n", report.space,
                                  report.dimensions, report.images, report.unreadable);
  table +=
      report.leave_one_out
          ? fit::format("leave-one-out: each of {} images is a query over the others\n\n", report.queries)
          : fit::format("{} held-out images are queries over {} others\n\n", report.queries, report.gallery);
  std::size_t width = 12;
  for (const auto& label : report.labels) {
    width = std::max(width, characters(label.name));
    for (const auto& value : label.values) width = std::max(width, characters(value.value) + 2);
  }
  table += fit::format("{:<{}}  {:>7}  {:>12}  {:>6}  {:>6}\n", "label", width, "queries", "precision@10",
                       "top-1", "mAP");
  for (const auto& label : report.labels) {
    add_row(table, width, label.name, label.overall);
    for (const auto& value : label.values) add_row(table, width, "  " + value.value, value.score);
    if (label.left_out > 0)
      table += fit::format("  ({} left out: no value or a rare value)\n", label.left_out);
  }
  return table;
}

Json to_json(const EvaluationReport& report) {
  Json labels = Json::array();
  for (const auto& label : report.labels) {
    Json object = {{"label", label.name}};
    add_score(object, label.overall);
    object["left_out"] = label.left_out;
    object["values"] = Json::array();
    for (const auto& value : label.values) {
      Json one = {{"value", value.value}};
      add_score(one, value.score);
      object["values"].push_back(std::move(one));
    }
    labels.push_back(std::move(object));
  }
  return {{"space", report.space},
          {"dimensions", report.dimensions},
          {"pictures", report.images},
          {"unreadable", report.unreadable},
          {"mode", report.leave_one_out ? "leave-one-out" : "held-out"},
          {"queries", report.queries},
          {"gallery", report.gallery},
          {"labels", std::move(labels)},
          {"seconds", report.seconds}};
}

}  // namespace fit::evaluate
