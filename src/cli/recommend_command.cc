#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/format.h"
#include "base/json.h"
#include "base/metrics.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"
#include "cli/update_indexes.h"
#include "net/http_client.h"
#include "search/result_views.h"
#include "style/recommend/outfit_recommender.h"
#include "style/recommend/recommend_views.h"
#include "style/weather/weather_service.h"

namespace fit::cli {
namespace {

struct RecommendArgs {
  std::string around;
  std::vector<std::string> lock;
  std::vector<std::string> exclude;
  std::string occasion;
  std::string season;
  std::optional<double> temperature;
  bool rain = false;
  std::string place;
  std::string filters;  // a JSON object
  std::int64_t count = 3;
  std::optional<int> seed;
  bool json = false;
};

void declare(Arguments& arguments, RecommendArgs& args) {
  arguments.option("--around", args.around, "The item that is in every outfit");
  arguments.option("--lock", args.lock, "A further item that is in every outfit; may be repeated");
  arguments.option("--exclude", args.exclude, "An item that is in no outfit; may be repeated");
  arguments.option("--occasion", args.occasion, "Such as work or party");
  arguments.option("--season", args.season, "spring, summer, autumn or winter");
  arguments.option("--temperature", args.temperature, "Degrees Celsius");
  arguments.flag("--rain", args.rain, "It rains");
  arguments.option("--place", args.place, "A place whose weather of today counts (WEATHER_PLACES_URL)");
  arguments.option("--filters", args.filters, R"(JSON, such as {"gender":"women","price_range":[10,50]})");
  arguments.number("--count", args.count, "Number of outfits");
  arguments.option("--seed", args.seed, "Draws the candidates; equal seeds give equal outfits");
  arguments.flag("--json", args.json, "Print the JSON of POST /api/v1/recommend with explain");
}

// The body of POST /api/v1/recommend that asks for the same.
Result<Json> body_of(const RecommendArgs& args) {
  Json body = {{"count", args.count}, {"explain", true}};
  if (!args.around.empty()) body["around"] = args.around;
  if (!args.lock.empty()) body["lock"] = args.lock;
  if (!args.exclude.empty()) body["exclude"] = args.exclude;
  if (!args.occasion.empty()) body["occasion"] = args.occasion;
  if (!args.season.empty()) body["season"] = args.season;
  if (args.temperature) body["weather"]["temperature_c"] = *args.temperature;
  if (args.rain) body["weather"]["rain"] = true;
  if (!args.place.empty()) body["weather"]["place"] = args.place;
  if (args.seed) body["seed"] = *args.seed;
  if (!args.filters.empty()) {
    FIT_TRY(body["filters"], parse_json("--filters", args.filters));
  }
  return body;
}

Result<style::Weather> weather_of(const style::WeatherPlace& place, const Context& context) {
  const WeatherSettings& settings = context.config().weather;
  if (settings.url.empty()) return invalid("--place", "needs WEATHER_URL and WEATHER_PLACES_URL");
  net::HttpClient http({.allow_private_addresses = context.config().net.allow_private_addresses});
  Metrics metrics;
  FIT_TRY(const auto service,
          style::WeatherService::open({.http = http, .log = context.log, .metrics = metrics},
                                      {.forecast_url = settings.url, .places_url = settings.places_url}));
  return service->find(place, context.stop);
}

void print_recommendation(const style::Recommendation& made) {
  if (made.weather && !made.weather->date.empty()) {
    const style::Weather& weather = *made.weather;
    std::cout << fit::format("{}, {}: {:.1f} degrees Celsius, {}\n\n", weather.place, weather.date,
                             weather.temperature_c.value_or(0), weather.rain ? "rain" : "no rain");
  }
  for (const style::RecommendedOutfit& outfit : made.outfits) {
    std::cout << fit::format("score {:.2f}\n", outfit.parts.total());
    Table table({"slot", "id", "title", "kind", "because"});
    for (const style::RecommendedPiece& piece : outfit.pieces) {
      table.add({std::string(to_string(piece.slot)), piece.item ? piece.item->id.str() : "",
                 piece.item ? piece.item->listing.title : "", piece.category,
                 piece.is_locked         ? "asked for"
                 : piece.reasons.empty() ? ""
                                         : piece.reasons.front()});
    }
    std::cout << table.str() << "\n";
  }
  for (const style::OutfitGap& gap : made.gaps) {
    std::cout << fit::format("missing: {}; {} listings\n", to_string(gap.slot), gap.listings.size());
  }
  if (made.outfits.empty()) std::cout << "No outfit can be made of the catalogue.\n";
}

Result<void> recommend(const RecommendArgs& args, const Context& context) {
  FIT_TRY(const auto ontology, ontology::Ontology::load());
  FIT_TRY(const auto recommender, style::OutfitRecommender::load(ontology));
  FIT_TRY(const Json body, body_of(args));
  FIT_TRY(style::RecommendOrder order,
          style::parse_recommend_order(body, ontology, context.image_limits.max_bytes, now()));
  order.stop = context.stop;
  if (order.weather_place) {
    FIT_TRY(order.weather, weather_of(*order.weather_place, context));
  }
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  FIT_CHECK(update_indexes(context, catalogue));
  FIT_TRY(const style::Recommendation made,
          recommender.recommend(catalogue.space.engine(), catalogue.store, order));
  if (!args.json) {
    print_recommendation(made);
    return {};
  }
  const auto views = search::ResultViews(context.config().http.cdn_base_url).of_tenant(context.tenant);
  std::cout << dump_json(style::recommendation_json(made, views, order.explain), 2) << "\n";
  return {};
}

}  // namespace

void add_recommend(CommandSet& commands) {
  commands.add<RecommendArgs>(
      {.name = "recommend", .help = "Make outfits of items of the catalogue", .on_signal = OnSignal::kStop},
      declare, recommend);
}

}  // namespace fit::cli
