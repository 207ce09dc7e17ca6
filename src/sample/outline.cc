#include "sample/outline.h"

#include <cmath>

namespace fit::sample {
namespace {

// The direction of the curve at knot `i`; zero at corners and ends, which have no common tangent.
Point tangent(const std::vector<Knot>& knots, std::size_t i, bool is_closed) {
  const std::size_t count = knots.size();
  if (knots[i].corner || (!is_closed && (i == 0 || i + 1 == count))) return {};
  return unit(knots[(i + 1) % count].at - knots[(i + count - 1) % count].at);
}

Outline through(const std::vector<Knot>& knots, bool is_closed) {
  Outline outline{knots.front().at, {}, is_closed};
  const std::size_t count = knots.size();
  for (std::size_t i = 0; i + (is_closed ? 0 : 1) < count; ++i) {
    const std::size_t next = (i + 1) % count;
    const Point a = knots[i].at;
    const Point b = knots[next].at;
    const double third = length(b - a) / 3;
    const Point leave = tangent(knots, i, is_closed);
    const Point arrive = tangent(knots, next, is_closed);
    Piece piece{a + leave * third, b - arrive * third, b};
    // A control point without a tangent lies towards the other control point, which keeps the segment round.
    if (length(leave) == 0) piece.control1 = between(a, piece.control2, 0.4);
    if (length(arrive) == 0) piece.control2 = between(b, piece.control1, 0.4);
    outline.pieces.push_back(piece);
  }
  return outline;
}

}  // namespace

double length(Point vector) {
  return std::hypot(vector.x, vector.y);
}

Point unit(Point vector) {
  const double size = length(vector);
  return size > 0 ? vector * (1 / size) : Point{};
}

Point between(Point a, Point b, double amount) {
  return a + (b - a) * amount;
}

Point heading(double angle) {
  return {std::sin(angle), std::cos(angle)};
}

Outline closed(const std::vector<Knot>& knots) {
  return through(knots, true);
}
Outline open(const std::vector<Knot>& knots) {
  return through(knots, false);
}

Outline mirrored(const std::vector<Knot>& left_half) {
  std::vector<Knot> knots = left_half;
  for (auto knot = left_half.rbegin(); knot != left_half.rend(); ++knot) {
    if (knot->at.x != 0) knots.emplace_back(-knot->at.x, knot->at.y, knot->corner);
  }
  return closed(knots);
}

Outline flipped(Outline outline, bool flip) {
  if (!flip) return outline;
  outline.from.x = -outline.from.x;
  for (Piece& piece : outline.pieces) {
    piece.control1.x = -piece.control1.x;
    piece.control2.x = -piece.control2.x;
    piece.to.x = -piece.to.x;
  }
  return outline;
}

Outline ellipse(Point centre, double radius_x, double radius_y) {
  constexpr double kCircle = 0.5523;  // approximates a quarter of a circle by one Bezier segment
  const double cx = radius_x * kCircle;
  const double cy = radius_y * kCircle;
  const auto at = [&](double x, double y) { return centre + Point{x, y}; };
  return {at(radius_x, 0),
          {{at(radius_x, cy), at(cx, radius_y), at(0, radius_y)},
           {at(-cx, radius_y), at(-radius_x, cy), at(-radius_x, 0)},
           {at(-radius_x, -cy), at(-cx, -radius_y), at(0, -radius_y)},
           {at(cx, -radius_y), at(radius_x, -cy), at(radius_x, 0)}},
          true};
}

Outline rectangle(double left, double top, double right, double bottom) {
  return closed({corner(left, top), corner(right, top), corner(right, bottom), corner(left, bottom)});
}

}  // namespace fit::sample
