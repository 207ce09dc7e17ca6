#include "sample/sample.h"

#include "sample/designer.h"
#include "sample/kinds.h"
#include "sample/photo.h"

namespace fit::sample {
namespace {

Scene choose_scene(const Design& design, Random& random) {
  const std::string_view category = design.get(kCategory);
  const bool hangs = category == "tops" || category == "outerwear" || category == "dresses";
  const double roll = random.unit();
  if (roll < 0.34) return Scene::kStudio;
  if (roll < 0.54) return Scene::kBoards;
  if (hangs) return roll < 0.74 ? Scene::kDoor : roll < 0.94 ? Scene::kSheet : Scene::kRug;
  if (category == "bottoms") return roll < 0.8 ? Scene::kSheet : roll < 0.92 ? Scene::kRug : Scene::kConcrete;
  return roll < 0.66 ? Scene::kSheet : roll < 0.84 ? Scene::kConcrete : Scene::kRug;
}

Pose choose_pose(Scene scene, Random& random) {
  const double looseness = scene == Scene::kStudio || scene == Scene::kDoor ? 0.35 : 1;
  Pose pose;
  pose.rotation = looseness * random.range(-0.15, 0.15);
  pose.scale = random.range(0.9, 1.0);
  pose.shear = looseness * random.range(-0.05, 0.05);
  pose.shift = {random.range(-9, 9), random.range(-9, 9)};
  pose.hung = scene == Scene::kDoor;
  if (pose.hung) pose.shift.y += 6;
  pose.arms = random.range(-1, 1);
  pose.seed = random.next();
  return pose;
}

Exposure choose_exposure(Scene scene, Random& random) {
  const bool studio = scene == Scene::kStudio;
  Exposure exposure;
  exposure.brightness = studio ? random.range(0.98, 1.04) : random.range(0.88, 1.05);
  exposure.warmth = studio ? random.range(-0.012, 0.012) : random.range(-0.045, 0.06);
  exposure.vignette = studio ? 0.03 : random.range(0.04, 0.2);
  exposure.grain = studio ? 1.2 : random.range(1.5, 4);
  exposure.seed = random.next();
  return exposure;
}

// The choices for one photo.
struct Shot {
  Scene scene;
  Pose pose;
  Exposure exposure;
  std::uint64_t backdrop_seed;
};

Shot choose_shot(const Design& design, Random& random) {
  const Scene scene = choose_scene(design, random);
  return {scene, choose_pose(scene, random), choose_exposure(scene, random), random.next()};
}

media::Image shoot(const Design& design, const Shot& shot) {
  Painter painter(shot.pose);
  design.kind->draw(painter, design);
  const Painter::Layers layers = painter.finish();
  const Backdrop backdrop =
      draw_backdrop(shot.scene, shot.pose.zoom > 1 ? 1.6 : 1, Random(shot.backdrop_seed));
  return take_photo(layers, backdrop, shot.exposure);
}

}  // namespace

SampleItem draw_item(std::uint64_t seed, std::uint64_t index) {
  const Design design = make_design(seed, index);
  Random random = Random(seed).fork(index + 0x30000);
  const Shot first = choose_shot(design, random);
  SampleItem item{write_listing(design, seed, index), {}};
  item.images.push_back(shoot(design, first));
  const double views = random.unit();
  if (views > 0.5) item.images.push_back(shoot(design, choose_shot(design, random)));
  if (views > 0.75) {
    Shot detail = first;
    detail.pose.zoom = random.range(1.8, 2.4);
    detail.pose.rotation += random.range(-0.2, 0.2);
    detail.exposure.seed = random.next();
    item.images.push_back(shoot(design, detail));
  }
  return item;
}

}  // namespace fit::sample
