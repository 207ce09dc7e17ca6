#pragma once

#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"
#include "http/tenant_snapshot.h"
#include "search/search_engine.h"

namespace fit::http {

// What the person of a request likes in the space of an engine, now or as of a moment; null: nothing is
// known. kForbidden naming "weights" for a caller to whom items lack fields; the errors of find_person() and
// of style::PersonalTastes::find().
Result<std::shared_ptr<const search::PersonalOrder>> find_taste(const Request& request,
                                                                const TenantSnapshot& tenant,
                                                                const search::SearchEngine& engine,
                                                                std::optional<Timestamp> at);

// Gives a query to the engine the taste of its person, which is that of the first page on further ones.
Result<void> personalise(const Request& request, const TenantSnapshot& tenant,
                         const search::SearchEngine& engine, search::Query& query);

}  // namespace fit::http
