#pragma once

#include <vector>

namespace fit::sample {

// A point or a vector, in the garment's units or in pixels.
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
// The unit vector at `angle` radians from straight down towards the right.
Point heading(double angle);

// A point of an outline, either smooth or a corner.
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

// A cubic Bezier segment, which begins at the end of the previous one.
struct Piece {
  Point control1;
  Point control2;
  Point to;
};

// A curve of Bezier segments in the garment's coordinates: x to the right, y down, the garment's middle near
// the origin.
struct Outline {
  Point from;
  std::vector<Piece> pieces;
  bool closed = true;
};

// The closed and the open curve through the knots.
Outline closed(const std::vector<Knot>& knots);
Outline open(const std::vector<Knot>& knots);
// The closed curve of a left half (from the top middle to the bottom middle, x <= 0) and its mirror image.
Outline mirrored(const std::vector<Knot>& left_half);
// The outline mirrored about x = 0 if `flip`, otherwise the outline itself.
Outline flipped(Outline outline, bool flip = true);
Outline ellipse(Point centre, double radius_x, double radius_y);
Outline rectangle(double left, double top, double right, double bottom);

}  // namespace fit::sample
