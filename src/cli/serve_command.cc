#include "cli/commands.h"

namespace fit::cli {

void add_serve(CommandSet& commands) {
  commands.add({.name = "serve",
                .help = "Serve the HTTP API and the web app",
                .decodes_images = true,
                .tenant_use = TenantUse::kNone},
               [](const Context& context) { return context.serve(); });
}

void add_worker(CommandSet& commands) {
  commands.add({.name = "worker",
                .help = "Work on queued jobs, beside a server or on another machine",
                .on_signal = OnSignal::kStop,
                .decodes_images = true},
               [](const Context& context) { return context.work(); });
}

}  // namespace fit::cli
