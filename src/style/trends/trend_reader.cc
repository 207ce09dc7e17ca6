#include "style/trends/trend_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "domain/properties.h"
#include "ontology/mentions.h"
#include "sql/sql_times.h"
#include "style/feedback/feedback.h"
#include "style/trends/trend_counts.h"
#include "text/fold.h"

namespace fit::style {
namespace {

using sql::SqlConnection;
using sql::SqlRow;

constexpr std::size_t kPage = 5'000;  // rows that are read at a time

// A property whose values have trends.
struct PropertyOfTrends {
  std::size_t property;
  TrendKind kind;
};
constexpr std::array kPropertiesOfTrends = {
    PropertyOfTrends{domain::kCategory, TrendKind::kCategory},
    PropertyOfTrends{domain::kSubcategory, TrendKind::kSubcategory},
    PropertyOfTrends{domain::kPrimaryColor, TrendKind::kPrimaryColor},
    PropertyOfTrends{domain::kPattern, TrendKind::kPattern},
};

struct ValueOfItem {
  TrendKind kind;
  std::string key;
  std::string shown;
};

// A person has saved an item.
struct Save {
  ItemId item;
  std::string person;
  Timestamp at;
};

// A search of a user, as the history has it.
struct Search {
  std::string person;
  Timestamp at;
  std::string query;
};

struct CountedItem {
  ItemId id;
  Timestamp listed_at;
  std::vector<ValueOfItem> values;
};

// An item is in a cluster once, however many of its images are.
void add_cluster(CountedItem& item, std::int64_t cluster, std::int64_t image) {
  std::string key = std::to_string(cluster);
  const bool is_known = std::ranges::any_of(item.values, [&](const ValueOfItem& value) {
    return value.kind == TrendKind::kCluster && value.key == key;
  });
  if (is_known) return;
  item.values.push_back({.kind = TrendKind::kCluster, .key = std::move(key), .shown = std::to_string(image)});
}

// Adds the clusters of items to their values. A centre that is gone is replaced by the item's own image.
Result<void> add_clusters(SqlConnection& connection, std::vector<CountedItem>& items) {
  std::vector<std::int64_t> ids;
  std::unordered_map<std::int64_t, CountedItem*> by_id;
  for (CountedItem& item : items) {
    ids.push_back(item.id.value);
    by_id.emplace(item.id.value, &item);
  }
  return sql::query_among(
      connection,
      "SELECT m.item_id, c.id, CASE WHEN i.id IS NULL THEN m.image_id ELSE c.centre END FROM counters g "
      "JOIN cluster_members m ON m.generation = g.value "
      "JOIN clusters c ON c.generation = m.generation AND c.id = m.cluster_id "
      "LEFT JOIN images i ON i.id = c.centre "
      "WHERE g.name = 'clusters_generation' AND m.item_id",
      ids, [&](const SqlRow& row) {
        const auto found = by_id.find(row.integer(0));
        if (found != by_id.end()) add_cluster(*found->second, row.integer(1), row.integer(2));
      });
}

// Reads all events of a catalogue into counts. What a page has is counted after it was read, because the
// database repeats a read whose session is lost.
class TrendReader {
 public:
  TrendReader(const TrendSources& sources, Timestamp time, const std::stop_token& stop)
      : sources_(sources), stop_(stop), time_(time), listings_(time), saves_(time), searches_(time) {}

  Result<void> read() {
    FIT_CHECK(read_feedback());
    FIT_CHECK(read_favourites());
    FIT_CHECK(read_items());
    return read_searches();
  }

  TrendReport report(std::size_t window) const {
    return {.window = window,
            .computed_at = time_,
            .listings = listings_.trends(window),
            .saves = saves_.trends(window),
            .searches = searches_.trends(window)};
  }

 private:
  Result<void> read_feedback();
  Result<void> read_favourites();
  Result<void> read_items();
  Result<void> read_searches();
  void add_saves(std::vector<Save> saves);
  CountedItem item_of_row(const SqlRow& row) const;
  void count(const CountedItem& item);
  void count_search(const Search& search);

  std::int64_t earliest() const { return sql::ticks(TrendCounts::earliest(time_)); }
  bool is_wanted(const CountedItem& item) const {
    return item.listed_at > TrendCounts::earliest(time_) || saved_.contains(item.id);
  }

  const TrendSources& sources_;
  const std::stop_token& stop_;
  const Timestamp time_;
  TrendCounts listings_;
  TrendCounts saves_;
  TrendCounts searches_;
  std::unordered_map<ItemId, std::vector<Save>> saved_;
};

// Calls `read`, which visits the rows of a page after an id and returns the last id, until there are no more.
template <class Read>
Result<void> for_each_page(sql::Database& database, const std::stop_token& stop, const Read& read) {
  std::int64_t after = 0;
  while (!stop.stop_requested()) {
    FIT_TRY(const std::int64_t last, database.read([&](SqlConnection& connection) -> Result<std::int64_t> {
      return read(connection, after);
    }));
    if (last == after) return {};
    after = last;
  }
  return cancelled();
}

Result<void> TrendReader::read_feedback() {
  return for_each_page(
      sources_.database, stop_,
      [this](SqlConnection& connection, std::int64_t after) -> Result<std::int64_t> {
        std::int64_t last = after;
        std::vector<Save> page;
        FIT_CHECK(connection.query(
            "SELECT id, person, target_kind, target, given_at FROM feedback WHERE id > $1 AND given_at > $2 "
            "AND signal IN ('like', 'save', 'buy', 'wear') ORDER BY id LIMIT $3",
            {after, earliest(), sql::sql_limit(kPage)}, [&](const SqlRow& row) {
              last = row.integer(0);
              const auto target = parse_target(row.text(2), row.text(3));
              const auto item = target ? item_of(*target) : std::nullopt;
              if (!item) return;
              page.push_back({.item = *item, .person = std::string(row.text(1)), .at = sql::time_at(row, 4)});
            }));
        add_saves(std::move(page));
        return last;
      });
}

Result<void> TrendReader::read_favourites() {
  return sources_.accounts.read([this](SqlConnection& connection) -> Result<void> {
    std::vector<Save> found;
    FIT_CHECK(
        connection.query("SELECT f.item_id, l.user_id, f.added_at FROM favourite_lists l "
                         "JOIN favourites f ON f.list_id = l.id WHERE l.tenant = $1 AND f.added_at > $2",
                         {std::string_view(sources_.tenant), earliest()}, [&found](const SqlRow& row) {
                           found.push_back({.item = {row.integer(0)},
                                            .person = fit::format("user:{}", row.integer(1)),
                                            .at = sql::time_at(row, 2)});
                         }));
    add_saves(std::move(found));
    return {};
  });
}

void TrendReader::add_saves(std::vector<Save> saves) {
  for (Save& save : saves) saved_[save.item].push_back(std::move(save));
}

CountedItem TrendReader::item_of_row(const SqlRow& row) const {
  CountedItem item{.id = {row.integer(0)}, .listed_at = sql::time_at(row, 1), .values = {}};
  int column = 2;
  for (const PropertyOfTrends& one : kPropertiesOfTrends) {
    const std::string_view given = row.text(column++);
    if (given.empty()) continue;
    const auto canonical = sources_.ontology.canonical(one.property, given);
    const std::string value = canonical ? std::string(*canonical) : text::fold(given);
    item.values.push_back({.kind = one.kind, .key = value, .shown = value});
  }
  const std::string_view brand = trim(row.text(column++));
  item.values.push_back({.kind = TrendKind::kBrand, .key = text::fold(brand), .shown = std::string(brand)});
  if (!row.is_null(column)) {
    const std::string band = price_band(row.real(column), row.text(column + 1));
    item.values.push_back({.kind = TrendKind::kPriceBand, .key = band, .shown = band});
  }
  return item;
}

Result<void> TrendReader::read_items() {
  return for_each_page(
      sources_.database, stop_,
      [this](SqlConnection& connection, std::int64_t after) -> Result<std::int64_t> {
        std::int64_t last = after;
        std::vector<CountedItem> items;
        FIT_CHECK(connection.query(
            "SELECT id, COALESCE(listed_at, created_at), category, subcategory, primary_color, pattern, "
            "brand, price, currency, status FROM items WHERE id > $1 ORDER BY id LIMIT $2",
            {after, sql::sql_limit(kPage)}, [&](const SqlRow& row) {
              last = row.integer(0);
              const std::string_view status = row.text(9);
              if (status == "hidden" || status == domain::kFlaggedStatus) return;
              CountedItem item = item_of_row(row);
              if (is_wanted(item)) items.push_back(std::move(item));
            }));
        FIT_CHECK(add_clusters(connection, items));
        for (const CountedItem& item : items) count(item);
        return last;
      });
}

void TrendReader::count(const CountedItem& item) {
  listings_.add_event(item.listed_at);
  for (const ValueOfItem& value : item.values) {
    listings_.add(value.kind, value.key, value.shown, item.listed_at);
  }
  const auto saves = saved_.find(item.id);
  if (saves == saved_.end()) return;
  for (const Save& save : saves->second) {
    saves_.add_event(save.at);
    for (const ValueOfItem& value : item.values) {
      saves_.add_of(save.person, value.kind, value.key, value.shown, save.at);
    }
  }
}

Result<void> TrendReader::read_searches() {
  return for_each_page(
      sources_.accounts, stop_,
      [this](SqlConnection& connection, std::int64_t after) -> Result<std::int64_t> {
        std::int64_t last = after;
        std::vector<Search> page;
        FIT_CHECK(connection.query(
            "SELECT id, user_id, at, query FROM search_history WHERE id > $1 AND tenant = $2 AND at > $3 "
            "ORDER BY id LIMIT $4",
            {after, std::string_view(sources_.tenant), earliest(), sql::sql_limit(kPage)},
            [&](const SqlRow& row) {
              last = row.integer(0);
              page.push_back({.person = fit::format("user:{}", row.integer(1)),
                              .at = sql::time_at(row, 2),
                              .query = std::string(row.text(3))});
            }));
        for (const Search& search : page) count_search(search);
        return last;
      });
}

void TrendReader::count_search(const Search& search) {
  searches_.add_event(search.at);
  const auto json = parse_json("query", search.query);
  if (!json || !json->is_object()) return;
  const auto text = json->find("text");
  if (text == json->end() || !text->is_string()) return;
  const auto& words = text->get_ref<const std::string&>();
  for (const ontology::Mention& mention : ontology::find_mentions(sources_.ontology, words, {})) {
    if (mention.negated || mention.aside || mention.part || mention.implied) continue;
    for (const PropertyOfTrends& one : kPropertiesOfTrends) {
      if (one.property == mention.property) {
        searches_.add_of(search.person, one.kind, mention.value, mention.value, search.at);
      }
    }
    if (mention.property != domain::kSubcategory) continue;
    const auto category = sources_.ontology.category_of(mention.value);
    if (category) searches_.add_of(search.person, TrendKind::kCategory, *category, *category, search.at);
  }
}

}  // namespace

std::string price_band(double price, std::string_view currency) {
  constexpr std::array kSteps = {2.0, 2.5, 2.0};  // 1, 2, 5, 10
  constexpr double kHighest = 1e15;
  double low = 0;
  double high = 1;
  for (std::size_t step = 0; price >= high && high < kHighest; ++step) {
    low = high;
    high *= kSteps[step % kSteps.size()];
  }
  const std::string band = fit::format("{:.0f}-{:.0f}", low, high);
  return currency.empty() ? band : fit::format("{} {}", currency, band);
}

Result<std::vector<TrendReport>> compute_trends(const TrendSources& sources, Timestamp time,
                                                const std::stop_token& stop) {
  TrendReader reader(sources, time, stop);
  FIT_CHECK(reader.read());
  std::vector<TrendReport> reports;
  for (std::size_t window = 0; window < kTrendWindows.size(); ++window) {
    reports.push_back(reader.report(window));
  }
  return reports;
}

}  // namespace fit::style
