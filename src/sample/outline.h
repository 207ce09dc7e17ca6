#pragma once

#include <vector>

namespace fit::sample {

struct Point {
  double x = 0;
  double y = 0;

  friend Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
  friend Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
  friend Point operator*(Point a, double k) { return {a.x * k, a.y * k}; }
};

double length(Point vector);
Point unit(Point vector);
Point between(Point a, Point b, double amount);
// The direction that leaves the vertical (down) by `angle` radians towards the right.
Point heading(double angle);

// A point that an outline goes through: smoothly, or with a corner.
struct Knot {
  Point at;
  bool corner = false;

  Knot(double x, double y, bool is_corner = false) : at{x, y}, corner(is_corner) {}
  explicit Knot(Point point, bool is_corner = false) : at(point), corner(is_corner) {}
};

inline Knot corner(double x, double y) {
  return {x, y, true};
}
inline Knot corner(Point point) {
  return Knot(point, true);
}

// One Bezier piece, beginning where the one before ended.
struct Piece {
  Point control1;
  Point control2;
  Point to;
};

// A curve of Bezier pieces in a garment's own coordinates: x to the right, y down, the garment's middle near
// 0, 0.
struct Outline {
  Point from;
  std::vector<Piece> pieces;
  bool closed = true;
};

// The closed or open curve through the knots.
Outline closed(const std::vector<Knot>& knots);
Outline open(const std::vector<Knot>& knots);
// Closes the left half (top middle to bottom middle; x <= 0) with its mirror image.
Outline mirrored(const std::vector<Knot>& left_half);
// Mirror image about x = 0, when `flip`.
Outline flipped(Outline outline, bool flip = true);
Outline ellipse(Point centre, double radius_x, double radius_y);
Outline rectangle(double left, double top, double right, double bottom);

}  // namespace fit::sample
