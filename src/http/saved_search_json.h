#pragma once

#include "alerts/alert_links.h"
#include "alerts/alerts.h"
#include "alerts/recipients.h"
#include "alerts/saved_search.h"
#include "base/json.h"

namespace fit::http {

// What the API tells about a saved search besides itself.
struct SavedSearchContext {
  const alerts::Recipient& recipient;
  const alerts::Alerts::Summary& found;
  const alerts::AlertLinks& links;
};

// A SavedSearch of the API.
Json saved_search_json(const alerts::SavedSearch& search, const SavedSearchContext& context);

// An Alert of the API; `item` is the view of its item, or null for one that is gone.
Json alert_json(const alerts::Alert& alert, Json item);

// A PushSubscription of the API.
Json push_subscription_json(const alerts::PushSubscription& browser);

// A device as the API has it, without its token.
Json push_device_json(const alerts::PushDevice& device);

}  // namespace fit::http
