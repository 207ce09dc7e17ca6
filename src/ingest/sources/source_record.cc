#include "ingest/sources/source_record.h"

#include "base/format.h"
#include "base/json_time.h"

namespace fit::ingest {

std::string_view to_string(SourceHealth health) {
  return kSourceHealthNames.at(static_cast<std::size_t>(health));
}

std::string_view to_string(RunState state) {
  return kRunStateNames.at(static_cast<std::size_t>(state));
}

std::string unread_reason(const UnreadSettings& unread) {
  return fit::format("the stored settings cannot be read: {} {}", unread.problem.field,
                     unread.problem.message);
}

SourceHealth shown_health(const SourceRecord& source) {
  return source.spec.unread ? SourceHealth::kFailing : source.health;
}

Json source_json(const SourceRecord& source) {
  const SourceSpec& spec = source.spec;
  return {{"id", source.id.str()},
          {"name", spec.name},
          {"kind", to_string(spec.settings.kind)},
          {"address", spec.settings.address},
          {"settings", source_settings_json(spec.settings, /*with_secrets=*/false)},
          {"schedule", spec.schedule},
          {"time_zone", spec.time_zone},
          {"jitter_s", spec.jitter.count()},
          {"paused", spec.is_paused},
          {"next_run_at", time_or_null(source.next_run_at)},
          {"active_run_id", source.active_run ? Json(source.active_run->str()) : Json()},
          {"health", to_string(shown_health(source))},
          {"health_since", to_rfc3339(source.health_since)},
          {"health_reason", spec.unread ? unread_reason(*spec.unread) : source.health_reason},
          {"last_success_at", time_or_null(source.last_success_at)},
          {"created_by", source.created_by},
          {"created_at", to_rfc3339(source.created_at)},
          {"updated_at", to_rfc3339(source.updated_at)}};
}

Json run_json(const RunRecord& run) {
  const RunCounts& counts = run.counts;
  Json samples = Json::array();
  for (const RunFailure& failure : run.samples) {
    samples.push_back({{"reason", failure.reason},
                       {"url", failure.url},
                       {"external_id", failure.external_id},
                       {"message", failure.message}});
  }
  return {{"id", run.id.str()},
          {"source_id", run.source.str()},
          {"state", to_string(run.state)},
          {"cause", run.cause},
          {"stage", run.state != RunState::kRunning ? "ended"
                    : run.is_fetched                ? "writing"
                                                    : "fetching"},
          {"counts",
           {{"seen", counts.seen},
            {"new", counts.added},
            {"changed", counts.changed},
            {"unchanged", counts.unchanged},
            {"restocked", counts.restocked},
            {"sold", counts.sold},
            {"removed", counts.removed},
            {"failed", counts.failed}}},
          {"requests", counts.requests},
          {"bytes", counts.bytes},
          {"pages_done", run.pages_done},
          {"pages_total", run.pages_total > 0 ? Json(run.pages_total) : Json()},
          {"complete", run.is_complete},
          {"missing", run.missing},
          {"failures", run.failures},
          {"samples", std::move(samples)},
          {"remarks", run.remarks},
          {"error", run.error},
          {"started_at", to_rfc3339(run.created_at)},
          {"finished_at", time_or_null(run.finished_at)}};
}

}  // namespace fit::ingest
