#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/database.h"
#include "style/experiments/experiment.h"

namespace fit::style {

// The experiments of a catalogue. Thread-safe; calls block. Errors besides those named: as for sql::Database.
class ExperimentStore {
 public:
  static constexpr std::size_t kMaxExperiments = 1'000;

  explicit ExperimentStore(sql::Database& database) : database_(database) {}

  // Adds a draft, or an experiment that runs at once. kInvalid naming "state" for a stopped one, kConflict
  // naming "state" while another one runs, kInvalid naming "experiments" beyond kMaxExperiments.
  Result<Experiment> add(const ExperimentChange& given, const std::string& created_by, Timestamp time);

  // The latest first.
  Result<std::vector<Experiment>> list();
  // kNotFound.
  Result<Experiment> get(ExperimentId id);
  Result<std::optional<Experiment>> running();

  // Makes the change that `change` reads from the present experiment. The way of the states is draft,
  // running, stopped; from the start on only the name changes. kNotFound; kConflict naming "state" for
  // another way or while another one runs, and naming "id" for other fields of an experiment that has
  // started; the errors of `change`.
  Result<Experiment> change(ExperimentId id,
                            const std::function<Result<ExperimentChange>(const Experiment&)>& change,
                            Timestamp time);

  // Removes an experiment with everything that is known of it. kNotFound.
  Result<void> remove(ExperimentId id);

 private:
  sql::Database& database_;
};

}  // namespace fit::style
