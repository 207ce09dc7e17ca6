#include "cli/space_command.h"

#include <algorithm>
#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "catalog/chosen_space.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "serving/space_records.h"

namespace fit::cli {
namespace {

// The share of images that may lack a vector, because unreadable images never get one.
constexpr double kMostMissing = 0.01;

// A space and the number of its missing vectors.
struct SpaceState {
  domain::SpaceRecord record;
  std::int64_t vectors = 0;
  std::int64_t missing = 0;
  bool is_active = false;
  std::string problem;  // why this machine cannot use its model; empty: it can
};

// The image spaces of the catalogue.
class Spaces {
 public:
  static Result<Spaces> read(store::Catalogue& store, const serving::EmbedderPool& embedders) {
    Spaces spaces;
    FIT_TRY(const auto counts, store.items().counts());
    spaces.images = counts.images;
    FIT_TRY(const auto chosen, catalog::chosen_space(store));
    const auto configured = embedders.space_of("");
    spaces.is_chosen = chosen.has_value();
    if (!chosen && !configured) spaces.problem = configured.error().message;
    FIT_TRY(const auto records, store.spaces().list());
    for (const domain::SpaceRecord& record : records) {
      if (record.of != domain::VectorsOf::kImages) continue;
      SpaceState& one = spaces.all.emplace_back(record);
      FIT_TRY(one.vectors, store.vectors().count(record.id));
      one.missing = std::max<std::int64_t>(0, counts.images - one.vectors);
      const bool is_configured = configured && serving::makes_vectors_of(*configured, record);
      one.is_active = chosen ? chosen->id == record.id : is_configured;
      if (is_configured) continue;
      const auto by_name = embedders.space_of(record.model);
      if (!by_name) {
        one.problem = by_name.error().message;
      } else if (!serving::makes_vectors_of(*by_name, record)) {
        one.problem = fit::format("the installed model has version {}", by_name->version);
      }
    }
    return spaces;
  }

  // Finds a space by its name or by its model's. Prefers the version that the installed model makes.
  Result<SpaceState> find(const std::string& name) const {
    const SpaceState* found = nullptr;
    for (const SpaceState& one : all) {
      if (one.record.name != name && one.record.model != name) continue;
      if (found == nullptr || one.problem.empty()) found = &one;
    }
    if (found != nullptr) return *found;
    return not_found(
        fit::format("the catalogue has no space \"{0}\"; fill it first: fit embed --space {0}", name));
  }

  std::vector<SpaceState> all;
  std::int64_t images = 0;
  bool is_chosen = false;  // chosen by `fit space use`
  std::string problem;     // why the space of the settings is not known
};

Json to_json(const SpaceState& one) {
  Json json = {{"name", one.record.name},       {"model", one.record.model},
               {"version", one.record.version}, {"dimensions", one.record.dimensions},
               {"vectors", one.vectors},        {"missing", one.missing},
               {"is_active", one.is_active},    {"model_is_here", one.problem.empty()}};
  if (!one.problem.empty()) json["problem"] = one.problem;
  return json;
}

void print_list(const Spaces& spaces, bool json) {
  if (json) {
    Json list = Json::array();
    for (const SpaceState& one : spaces.all) list.push_back(to_json(one));
    Json body = {{"pictures", spaces.images},
                 {"chosen_by", spaces.is_chosen ? "fit space use" : "settings"},
                 {"spaces", std::move(list)}};
    if (!spaces.problem.empty()) body["problem"] = spaces.problem;
    std::cout << dump_json(body, 2) << "\n";
    return;
  }
  Table table({"", "SPACE", "VERSION", "DIMENSIONS", "VECTORS", "MISSING", "MODEL HERE"});
  for (const SpaceState& one : spaces.all) {
    table.add({one.is_active ? "*" : "", one.record.name, one.record.version,
               std::to_string(one.record.dimensions), with_thousands(one.vectors),
               with_thousands(one.missing), one.problem.empty() ? "yes" : "no: " + one.problem});
  }
  std::cout << table.str()
            << fit::format("* the active space, chosen by {}\n",
                           spaces.is_chosen ? "fit space use" : "EMBEDDING_PROVIDER and EMBEDDING_MODEL");
  if (!spaces.problem.empty()) std::cout << fit::format("no space is active: {}\n", spaces.problem);
}

Result<void> check_usable(const SpaceState& space, std::int64_t images, bool force) {
  if (!space.problem.empty()) {
    return Error{ErrorCode::kUnavailable,
                 fit::format("no model on this machine makes vectors of the space \"{}\": {}",
                             space.record.name, space.problem),
                 {},
                 {}};
  }
  if (force || static_cast<double>(space.missing) <= kMostMissing * static_cast<double>(images)) return {};
  return Error{
      ErrorCode::kConflict,
      fit::format(
          "{} of {} images have no vector in the space \"{}\", more than 1 %: searches would not find "
          "them; fill it with fit embed --space {}, or use --force",
          with_thousands(space.missing), with_thousands(images), space.record.name, space.record.model),
      {},
      {}};
}

void print_choice(const SpaceState* chosen, bool json) {
  if (json) {
    std::cout << dump_json({{"space", chosen == nullptr ? Json() : to_json(*chosen)}}, 2) << "\n";
  } else if (chosen == nullptr) {
    std::cout << "searches use the space of EMBEDDING_PROVIDER and EMBEDDING_MODEL from now on\n";
  } else {
    std::cout << fit::format("searches use the space {} from now on; {} of its vectors are missing\n",
                             chosen->record.name, with_thousands(chosen->missing));
  }
}

struct SpaceArgs {
  bool json = false;
};

void declare(Arguments& arguments, SpaceArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

Result<void> list(const SpaceArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const Spaces spaces, Spaces::read(*store, context.embedders));
  print_list(spaces, args.json);
  return {};
}

Result<void> use(const UseSpaceArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_TRY(const Spaces spaces, Spaces::read(*store, context.embedders));
  FIT_TRY(SpaceState space, spaces.find(args.name));
  FIT_CHECK(check_usable(space, spaces.images, args.force));
  FIT_CHECK(catalog::choose_space(*store, space.record));
  space.is_active = true;
  print_choice(&space, args.json);
  return {};
}

Result<void> reset(const SpaceArgs& args, const Context& context) {
  FIT_TRY(const auto store, store::open_catalogue(context.config().database.url));
  FIT_CHECK(catalog::choose_space(*store, std::nullopt));
  print_choice(nullptr, args.json);
  return {};
}

}  // namespace

void declare(Arguments& arguments, UseSpaceArgs& args) {
  arguments.positional("SPACE", args.name, "A space of fit space list, or its model");
  arguments.flag("--force", args.force,
                 "Use the space even if more than 1 % of the images have no vector in it");
  arguments.flag("--json", args.json, "Print JSON");
}

void add_space(CommandSet& commands) {
  const CommandGroup group = {"space",
                              "List the vector spaces of the catalogue, or choose the one that searches use"};
  commands.add<SpaceArgs>(
      {.group = group,
       .name = "list",
       .help = "List the spaces with their vectors, missing vectors and the active space"},
      declare, list);
  commands.add<UseSpaceArgs>(
      {.group = group, .name = "use", .help = "Make this space the active space of all running servers"},
      declare, use);
  commands.add<SpaceArgs>({.group = group,
                           .name = "reset",
                           .help = "Make the space of EMBEDDING_PROVIDER and EMBEDDING_MODEL active again"},
                          declare, reset);
}

}  // namespace fit::cli
