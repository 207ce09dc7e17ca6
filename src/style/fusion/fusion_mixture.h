#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace fit::style {

// Signals whose weights are learned together, because only their proportions matter: the parts of a score, or
// the spaces of a list.
struct SignalGroup {
  std::vector<std::string> names;
  std::vector<double> fixed;  // the weights without learning; 0: the signal takes no part
};

// What was learned of one group. Signals that it does not name are as the fixed weights say.
struct FusionMixture {
  std::map<std::string, double, std::less<>> strengths;  // above 0; a weight times how sharply people choose
  std::int64_t lessons = 0;
};

// How a person differs from the mixture of everybody, as logarithms of factors.
struct PersonalMixture {
  std::map<std::string, double, std::less<>> offsets;
  std::int64_t lessons = 0;
};

struct FusionOptions {
  double rate = 0.01;            // of learning, for everybody: ten lessons of one person move little
  double personal_rate = 0.15;   // and for one person
  double forgetting = 0.001;     // how far each lesson draws back to the fixed weights
  double floor = 0.05;           // the least share of a signal
  double max_offset = 1.4;       // of a person, about a factor of four
  double personal_lessons = 20;  // after which a person's offsets count half
  double max_strength = 20;      // of all signals of a group together
  double min_strength = 0.2;
};

// What one click, save or purchase tells: of the results that were shown, in their order, what each signal
// said of them, and the one that was chosen.
struct FusionLesson {
  std::vector<std::vector<double>> signals;  // by result, then by signal of the group; units of each group
  std::size_t chosen = 0;
};

// The weights of a group in the same proportions as people choose, with the sum of the fixed ones. Each
// signal with a fixed weight has at least the share `floor`, or half of its fixed share where that is less.
// Without lessons they are the fixed weights.
//
// A person's offsets count by n / (n + personal_lessons) after n lessons, which shrinks them to everybody's
// weights (James and Stein 1961, with the variances assumed).
std::vector<double> mixed_weights(const SignalGroup& group, const FusionMixture& everybody,
                                  const PersonalMixture* person, const FusionOptions& options = {});

// Learns from one lesson.
//
// A person is taken to choose among the shown results by the conditional logit model (McFadden 1974): the
// probability of result i is proportional to e_i exp(sum over k of s_k x_ik), where e_i is how often people
// look at position i, 1 / log2(1 + i) from 1 on, x_ik is what signal k says of it, centred over the results
// and divided by one spread for all signals, and s_k are the strengths. Choices that follow the position
// alone teach nothing in the mean. The strengths move by unnormalised exponentiated gradient (Kivinen and
// Warmuth 1997): s_k exp(rate * (x_chosen,k - mean of x_k under the model)), and then a little back to the
// fixed weights, so that an old state of the world is forgotten (compare Herbster and Warmuth 1998). Offsets
// of a person move by the same gradient, less their mean: only proportions matter.
//
// A lesson with fewer than two results, or about signals that all say the same of every result, changes
// nothing but the number of lessons. Not thread-safe.
void learn_everybody(const SignalGroup& group, const FusionLesson& lesson, FusionMixture& everybody,
                     const FusionOptions& options = {});
void learn_person(const SignalGroup& group, const FusionLesson& lesson, const FusionMixture& everybody,
                  PersonalMixture& person, const FusionOptions& options = {});

}  // namespace fit::style
