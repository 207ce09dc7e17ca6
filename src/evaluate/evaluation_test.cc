#include "evaluate/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/files.h"
#include "base/temp_dir.h"

namespace fit::evaluate {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

void write(const fs::path& path, std::string_view text) {
  ASSERT_TRUE(make_dirs(path.parent_path()));
  ASSERT_TRUE(write_file_atomically(path, as_bytes(text)));
}

// Embeds an image as its mean colour.
class MeanColour : public embed::Embedder {
 public:
  const embed::Space& space() const override { return space_; }
  int image_short_side() const override { return 8; }
  Result<std::vector<embed::Vector>> embed_images(std::span<const media::Image> images) override {
    std::vector<embed::Vector> vectors;
    for (const media::Image& image : images) {
      embed::Vector mean(3, 0.01F);
      for (std::size_t i = 0; i < image.rgb.size(); ++i) mean[i % 3] += image.rgb[i];
      const float norm = std::hypot(mean[0], mean[1], mean[2]);
      for (float& value : mean) value /= norm;
      vectors.push_back(mean);
    }
    return vectors;
  }
  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string>) override {
    return invalid("text", "has no text side");
  }

 private:
  embed::Space space_{.name = "mean", .model = "mean", .version = "1", .dimensions = 3};
};

void write_image(const fs::path& path, std::array<int, 3> colour) {
  media::Image image{.width = 16, .height = 16, .rgb = {}};
  for (int i = 0; i < 16 * 16; ++i) {
    for (const int channel : colour) image.rgb.push_back(static_cast<std::uint8_t>(channel));
  }
  const auto png = media::encode_png(image);
  ASSERT_TRUE(png) << png.error().describe();
  write(path, as_text(*png));
}

class EvaluationImages : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(media::start_vips()); }
  TempDir dir_;
};

// Points on a circle at given angles, with one label.
struct Circle {
  EvaluationSet set;
  EvaluationVectors vectors;
};

Circle make_circle(const std::vector<std::pair<double, std::string>>& points) {
  Circle circle;
  circle.set.label_names = {"class"};
  circle.vectors.dimensions = 2;
  for (const auto& [angle, label] : points) {
    circle.set.rows.push_back({"", {label}, false});
    circle.vectors.values.push_back(static_cast<float>(std::cos(angle)));
    circle.vectors.values.push_back(static_cast<float>(std::sin(angle)));
    circle.vectors.present.push_back(1);
  }
  return circle;
}

TEST(Evaluate, ScoresAgainstAGallery) {
  // The values nearest to the query at 0, in order: a b a a b.
  Circle circle =
      make_circle({{0, "a"}, {0.1, "a"}, {0.2, "b"}, {0.3, "a"}, {0.4, "a"}, {0.5, "b"}, {1, "c"}});
  circle.set.has_gallery = true;
  circle.set.rows[0].is_query = true;
  circle.set.rows[6].is_query = true;  // the gallery has no "c"
  const auto report = evaluate(circle.set, circle.vectors, {.space = "circle"});
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_FALSE(report->leave_one_out);
  EXPECT_EQ(report->queries, 2u);
  EXPECT_EQ(report->gallery, 5u);
  const auto& label = report->labels.at(0);
  EXPECT_EQ(label.left_out, 1u);
  EXPECT_EQ(label.overall.queries, 1u);
  EXPECT_DOUBLE_EQ(label.overall.top1, 1);
  EXPECT_NEAR(label.overall.precision_at_10, 3.0 / 5, 1e-6);
  EXPECT_NEAR(label.overall.mean_average_precision, (1.0 + 2.0 / 3 + 3.0 / 4) / 3, 1e-6);
}

TEST(Evaluate, LeaveOneOutHasNoQueriesOfRareValues) {
  std::vector<std::pair<double, std::string>> points;
  for (int i = 0; i < 11; ++i) points.emplace_back(0.001 * i, "many");
  for (int i = 0; i < 10; ++i) points.emplace_back(2 + 0.001 * i, "few");
  points.emplace_back(0.0205, "");
  Circle circle = make_circle(points);
  const auto report = evaluate(circle.set, circle.vectors, {});
  ASSERT_TRUE(report);
  const auto& label = report->labels.at(0);
  EXPECT_TRUE(report->leave_one_out);
  EXPECT_EQ(label.overall.queries, 11u);
  EXPECT_EQ(label.left_out, 11u);
  EXPECT_DOUBLE_EQ(label.overall.precision_at_10, 1);
  EXPECT_DOUBLE_EQ(label.overall.mean_average_precision, 1);
  ASSERT_EQ(label.values.size(), 1u);
  EXPECT_EQ(label.values[0].value, "many");
}

TEST(Evaluate, DoesNotDependOnTheNumberOfThreads) {
  std::vector<std::pair<double, std::string>> points;
  for (int i = 0; i < 301; ++i) points.emplace_back((i * 7919 % 1000) * 0.003, i % 3 == 0 ? "a" : "b");
  Circle circle = make_circle(points);
  auto one = evaluate(circle.set, circle.vectors, {.space = "s", .threads = 1});
  auto four = evaluate(circle.set, circle.vectors, {.space = "s", .threads = 4});
  ASSERT_TRUE(one && four);
  one->seconds = four->seconds = 0;
  EXPECT_EQ(dump_json(to_json(*one)), dump_json(to_json(*four)));
}

TEST(Evaluate, RefusesVectorsOfOtherImages) {
  Circle circle = make_circle({{0, "a"}, {1, "a"}});
  circle.vectors.present.pop_back();
  EXPECT_EQ(evaluate(circle.set, circle.vectors, {}).error().code, ErrorCode::kInvalid);
  circle = make_circle({{0, "a"}, {1, "a"}});
  circle.vectors.present = {0, 0};
  EXPECT_EQ(evaluate(circle.set, circle.vectors, {}).error().code, ErrorCode::kInvalid);
}

TEST(Evaluate, StopsWhenTold) {
  const Circle circle = make_circle({{0, "a"}, {1, "a"}});
  std::stop_source stop;
  stop.request_stop();
  const auto report = evaluate(circle.set, circle.vectors, {}, {}, stop.get_token());
  EXPECT_EQ(report.error().code, ErrorCode::kCancelled);
}

TEST(Evaluate, WritesTableAndJson) {
  EvaluationReport report;
  report.space = "clip";
  report.images = 3;
  report.labels.push_back({"class", {2, 0.5, 1, 0.25}, {{"dress", {2, 0.5, 1, 0.25}}}, 1});
  const std::string table = to_table(report);
  EXPECT_THAT(table, HasSubstr("dress"));
  EXPECT_THAT(table, HasSubstr("0.500   1.000   0.250"));
  const Json json = to_json(report);
  EXPECT_EQ(json["labels"][0]["precision_at_10"], 0.5);
  EXPECT_EQ(json["labels"][0]["values"][0]["value"], "dress");
}

TEST(LoadEvaluationSet, ReadsTrainAndValidation) {
  const TempDir dir;
  for (const char* name : {"train/hat/1.jpg", "train/hat/deep/2.PNG", "train/hat/notes.txt",
                           "validation/hat/3.jpg", "train/dress/4.webp", "test/hat/5.jpg"}) {
    write(dir.path() / name, "x");
  }
  const auto set = load_evaluation_set(dir.path());
  ASSERT_TRUE(set) << set.error().describe();
  EXPECT_TRUE(set->has_gallery);
  ASSERT_EQ(set->rows.size(), 4u);
  EXPECT_EQ(set->rows[0].labels[0], "dress");
  EXPECT_FALSE(set->rows[0].is_query);
  EXPECT_TRUE(set->rows[3].is_query);
  EXPECT_EQ(set->rows[3].image, dir.path() / "validation/hat/3.jpg");
}

TEST(LoadEvaluationSet, ReadsClassFolders) {
  const TempDir dir;
  write(dir.path() / "hat/1.jpg", "x");
  write(dir.path() / "dress/1.jpg", "x");
  const auto set = load_evaluation_set(dir.path());
  ASSERT_TRUE(set);
  EXPECT_FALSE(set->has_gallery);
  EXPECT_EQ(set->rows.size(), 2u);
  EXPECT_EQ(load_evaluation_set(dir.path(), {"colour"}).error().field, "labels");
}

TEST(LoadEvaluationSet, ReadsTables) {
  const TempDir dir;
  write(dir.path() / "styles.csv",
        "\xEF\xBB\xBFid,articleType,baseColour\r\n7,Shirts,Red\r\n8,\"Shirts, long\",\r\n");
  const auto set = load_evaluation_set(dir.path());
  ASSERT_TRUE(set) << set.error().describe();
  EXPECT_EQ(set->label_names,
            (std::vector<std::string>{"articleType", "baseColour", "articleType+baseColour"}));
  EXPECT_EQ(set->rows[0].image, dir.path() / "images/7.jpg");
  EXPECT_EQ(set->rows[0].labels[2], "Shirts + Red");
  EXPECT_EQ(set->rows[1].labels, (std::vector<std::string>{"Shirts, long", "", ""}));

  write(dir.path() / "items.csv", "title,images,category\nA,images/1.jpg|images/2.jpg,tops\n");
  const auto items = load_evaluation_set(dir.path() / "items.csv");
  ASSERT_TRUE(items) << items.error().describe();
  EXPECT_EQ(items->rows[0].image, dir.path() / "images/1.jpg");
  EXPECT_EQ(items->label_names, (std::vector<std::string>{"category"}));
}

TEST(LoadEvaluationSet, ReportsErrors) {
  const TempDir dir;
  const auto error = [&](std::string_view text, std::vector<std::string> labels = {}) {
    write(dir.path() / "t.csv", text);
    const auto set = load_evaluation_set(dir.path() / "t.csv", labels);
    return set ? std::string() : set.error().describe();
  };
  EXPECT_THAT(error(""), HasSubstr("empty"));
  EXPECT_THAT(error("id,articleType\n"), HasSubstr("no rows"));
  EXPECT_THAT(error("name,articleType\nx,y\n"), HasSubstr("neither"));
  EXPECT_THAT(error("id,shape\n1,y\n"), HasSubstr("label columns"));
  EXPECT_THAT(error("id,articleType\n1,y\n", {"articleType+size"}), HasSubstr("articleType+size"));
  EXPECT_THAT(error("id,articleType\n1,a\n2\n"), HasSubstr("line 3"));
  EXPECT_THAT(error("id,articleType\n1,\"a\n2,b\n"), HasSubstr("line 2 has a quote that is never closed"));
  EXPECT_THAT(error("id,articleType\n1,\"a\"b\n"), HasSubstr("line 2 has text behind a closing quote"));
  EXPECT_EQ(load_evaluation_set(dir.path() / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(load_evaluation_set(dir.path()).error().code, ErrorCode::kInvalid);
}

TEST(ReadEvaluationVectors, ChecksSizeAndValues) {
  const TempDir dir;
  const fs::path path = dir.path() / "v.f32";
  const std::array<float, 4> values = {3, 4, 0, 2};
  const auto put = [&](const std::array<float, 4>& numbers) {
    write(path, {reinterpret_cast<const char*>(numbers.data()), sizeof numbers});
  };
  put(values);
  const auto vectors = read_evaluation_vectors(path, 2);
  ASSERT_TRUE(vectors);
  EXPECT_EQ(vectors->dimensions, 2);
  EXPECT_FLOAT_EQ(vectors->values[1], 0.8F);
  EXPECT_FLOAT_EQ(vectors->values[3], 1);
  EXPECT_EQ(read_evaluation_vectors(path, 3).error().field, "vectors");
  EXPECT_EQ(read_evaluation_vectors(path, 0).error().field, "vectors");
  put({1, 0, 0, 0});
  EXPECT_THAT(read_evaluation_vectors(path, 2).error().message, HasSubstr("row 2"));
  put({1, 0, NAN, 0});
  EXPECT_EQ(read_evaluation_vectors(path, 2).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(read_evaluation_vectors(dir.path() / "none", 2).error().code, ErrorCode::kNotFound);
}

TEST_F(EvaluationImages, AreEmbeddedInRowOrderAndUnreadableOnesCounted) {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) {
    const bool red = i % 2 == 0;
    names.push_back(std::string(red ? "red/" : "blue/") + std::to_string(100 + i) + ".png");
    write_image(dir_.path() / names.back(), {red ? 200 + i : i, i, red ? i : 200 + i});
  }
  write(dir_.path() / "red/broken.jpg", "not an image");
  write(dir_.path() / "blue/empty.jpg", "");
  const auto set = load_evaluation_set(dir_.path());
  ASSERT_TRUE(set);
  MeanColour embedder;
  std::int64_t last = 0;
  const auto vectors = embed_images(*set, embedder, {.threads = 3, .batch = 4, .limits = {}},
                                    [&](std::int64_t done, std::int64_t total) {
                                      EXPECT_GT(done, last);
                                      EXPECT_EQ(total, 42);
                                      last = done;
                                    });
  ASSERT_TRUE(vectors) << vectors.error().describe();
  EXPECT_EQ(last, 42);
  EXPECT_EQ(vectors->unreadable_count, 2u);
  EXPECT_EQ(vectors->unreadable.size(), 2u);
  const auto report = evaluate(*set, *vectors, {.space = "mean"});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->queries, 40u);
  EXPECT_EQ(report->unreadable, 2u);
  EXPECT_DOUBLE_EQ(report->labels[0].overall.precision_at_10, 1);
}

TEST_F(EvaluationImages, StopWhenTold) {
  write_image(dir_.path() / "red/1.png", {255, 0, 0});
  const auto set = load_evaluation_set(dir_.path());
  ASSERT_TRUE(set);
  MeanColour embedder;
  std::stop_source stop;
  stop.request_stop();
  const auto vectors = embed_images(*set, embedder, {}, {}, stop.get_token());
  EXPECT_EQ(vectors.error().code, ErrorCode::kCancelled);
}

// Compares with the reference figures in the README of the data.
TEST(EvaluateSharedData, ReproducesTheReferenceFiguresOfClip) {
  const fs::path products = fs::path(FIT_SOURCE_DIR) / "../shared/data/products";
  if (!fs::exists(products / "clip_vit_b32.f32")) GTEST_SKIP() << "../shared/data is absent";
  const auto set = load_evaluation_set(products);
  ASSERT_TRUE(set) << set.error().describe();
  const auto vectors = read_evaluation_vectors(products / "clip_vit_b32.f32", set->rows.size());
  ASSERT_TRUE(vectors) << vectors.error().describe();
  const auto report = evaluate(*set, *vectors, {.space = "clip-vit-b32"});
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_NEAR(report->labels.at(0).overall.precision_at_10, 0.713, 0.0006);
  EXPECT_NEAR(report->labels.at(1).overall.precision_at_10, 0.267, 0.0006);
  EXPECT_NEAR(report->labels.at(2).overall.precision_at_10, 0.312, 0.0006);
}

}  // namespace
}  // namespace fit::evaluate
