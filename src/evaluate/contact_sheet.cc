#include "evaluate/contact_sheet.h"

#include <algorithm>
#include <map>
#include <random>

#include "base/base64.h"
#include "base/files.h"
#include "base/format.h"
#include "base/parallel.h"
#include "text/html.h"

namespace fit::evaluate {
namespace {

constexpr int kJpegQuality = 78;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Contact sheet</title>
<style>
body { font: 12px/1.35 system-ui, sans-serif; margin: 1rem; color: #1a1a1a; background: #fff; }
table { border-collapse: separate; border-spacing: 4px; }
td { vertical-align: top; width: 8.5rem; }
figure { margin: 0; border: 3px solid transparent; padding: 2px; }
img { display: block; max-width: 8rem; max-height: 8rem; }
figcaption { overflow-wrap: anywhere; max-width: 8rem; }
.query { border-color: #1a1a1a; }
.same { border-color: #2f8a55; }
.other { border-color: #c4232c; }
</style>
)";

// The image as a data: URL; empty when it cannot be read.
std::string data_url(const std::filesystem::path& path, int side, const media::Limits& limits) {
  const auto file = read_file(path, limits.max_bytes);
  if (!file) return {};
  const auto image = media::decode("image", *file, side, limits);
  if (!image) return {};
  const auto jpeg = media::encode_jpeg(*image, side, kJpegQuality);
  return jpeg ? "data:image/jpeg;base64," + encode_base64(*jpeg) : std::string();
}

// Takes `count` rows, one of each group in turn.
std::vector<std::size_t> in_turn(std::map<std::string, std::vector<std::size_t>> groups, std::size_t count) {
  std::vector<std::size_t> taken;
  for (bool has_more = true; has_more && taken.size() < count;) {
    has_more = false;
    for (auto& [value, rows] : groups) {
      if (rows.empty() || taken.size() == count) continue;
      taken.push_back(rows.back());
      rows.pop_back();
      has_more = true;
    }
  }
  return taken;
}

}  // namespace

ContactSheet::ContactSheet(const EvaluationSet& set, const Options& options) : set_(set), options_(options) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < set.rows.size(); ++row) {
    if (!set.has_gallery || set.rows[row].is_query) rows.push_back(row);
  }
  // Written out, because the order of std::shuffle differs between libraries.
  std::mt19937_64 random(options.seed);
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random() % i]);
  std::map<std::string, std::vector<std::size_t>> by_label;
  for (const std::size_t row : rows) {
    by_label[set.rows[row].labels.empty() ? "" : set.rows[row].labels.front()].push_back(row);
  }
  queries_ = in_turn(std::move(by_label), options.queries);
  std::ranges::stable_sort(queries_, {}, [&set](std::size_t row) {
    return set.rows[row].labels.empty() ? std::string() : set.rows[row].labels.front();
  });
}

std::vector<ContactSheet::Nearest> ContactSheet::nearest(std::size_t query,
                                                         const std::vector<std::size_t>& gallery,
                                                         const EvaluationVectors& vectors) const {
  const auto dimensions = static_cast<std::size_t>(vectors.dimensions);
  const auto vector_of = [&](std::size_t row) {
    return std::span(vectors.values).subspan(row * dimensions, dimensions);
  };
  std::vector<Nearest> found;
  for (const std::size_t row : gallery) {
    if (row != query) found.push_back({.row = row, .cosine = embed::dot(vector_of(query), vector_of(row))});
  }
  const std::size_t count = std::min(options_.results, found.size());
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(count),
                            [](const Nearest& a, const Nearest& b) {
                              return a.cosine != b.cosine ? a.cosine > b.cosine : a.row < b.row;
                            });
  found.resize(count);
  return found;
}

bool ContactSheet::has_same_label(std::size_t one, std::size_t other) const {
  const auto& labels = set_.rows[one].labels;
  return !labels.empty() && !labels.front().empty() && labels.front() == set_.rows[other].labels.front();
}

std::string ContactSheet::cell(std::size_t row, const std::string& note, std::string_view mark) const {
  const EvaluationSet::Row& one = set_.rows[row];
  std::string label;
  for (const std::string& value : one.labels) {
    if (value.empty() || value.contains(kValueSeparator)) continue;  // a joint label repeats the others
    label += (label.empty() ? "" : ", ") + value;
  }
  const std::string name = one.image.filename().string();
  const std::string url = data_url(one.image, options_.side, options_.image_limits);
  const std::string picture =
      url.empty() ? "<p>" + text::escape_markup(name) + "</p>"
                  : fit::format(R"(<img src="{}" alt="{}" title="{}">)", url,
                                text::escape_markup(label.empty() ? name : label), text::escape_markup(name));
  return fit::format("<td><figure class=\"{}\">{}<figcaption>{}{}{}</figcaption></figure></td>\n", mark,
                     picture, text::escape_markup(label), note.empty() || label.empty() ? "" : " · ",
                     text::escape_markup(note));
}

Result<void> ContactSheet::add(const std::string& space, const EvaluationVectors& vectors,
                               const std::stop_token& stop) {
  const std::size_t numbers = set_.rows.size() * static_cast<std::size_t>(std::max(vectors.dimensions, 0));
  if (vectors.dimensions < 1 || vectors.present.size() != set_.rows.size() ||
      vectors.values.size() != numbers) {
    return invalid("vectors", "do not match the images: the number of rows differs");
  }
  const std::vector<std::size_t> gallery = gallery_rows(set_, vectors);
  std::vector<std::size_t> queries;
  std::ranges::copy_if(queries_, std::back_inserter(queries),
                       [&](std::size_t row) { return vectors.present[row] != 0; });
  std::vector<std::string> rows(queries.size());
  std::vector<std::size_t> same(queries.size());
  std::vector<std::size_t> shown(queries.size());
  FIT_CHECK(parallel_for(queries.size(), {.stop = stop}, [&](std::size_t i) -> Result<void> {
    rows[i] = "<tr>\n" + cell(queries[i], "", "query");
    for (const Nearest& one : nearest(queries[i], gallery, vectors)) {
      const bool is_same = has_same_label(queries[i], one.row);
      same[i] += is_same;
      ++shown[i];
      rows[i] += cell(one.row, fit::format("{:.2f}", one.cosine), is_same ? "same" : "other");
    }
    rows[i] += "</tr>\n";
    return {};
  }));
  std::size_t all = 0;
  std::size_t all_same = 0;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    all += shown[i];
    all_same += same[i];
  }
  sections_ += fit::format(
      "<h2>{}</h2>\n<p>{} queries among {} images. {} of {} results have the {} of their query "
      "({:.2f}).</p>\n<table>\n",
      text::escape_markup(space), queries.size(), gallery.size(), all_same, all,
      text::escape_markup(set_.label_names.empty() ? "label" : set_.label_names.front()),
      all == 0 ? 0.0 : static_cast<double>(all_same) / static_cast<double>(all));
  for (const std::string& row : rows) sections_ += row;
  sections_ += "</table>\n";
  return {};
}

std::string ContactSheet::html() const {
  return std::string(kHead) +
         "<h1>Contact sheet</h1>\n<p>Each row has a query and its nearest images, the nearest first, with "
         "their "
         "cosines. Green: the same label as the query. Red: another one.</p>\n" +
         sections_ + "</html>\n";
}

}  // namespace fit::evaluate
