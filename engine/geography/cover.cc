#include "geography/cover.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>

#include "base/check.h"

namespace daftar::geography {
namespace {

// Of WGS84: the radius at the equator, and the least radius by which a meridian bends, which is at
// the equator: a (1 - e^2).
constexpr double kEquatorMetres = 6'378'137;
constexpr double kMeridianRadiusMin = 6'335'439;
constexpr double kDegrees = 180 / std::numbers::pi;
// About 10 cm: more than what doubles lose on the way.
constexpr double kSlackDegrees = 1e-6;

// Rows and columns, both ends included.
struct Box {
  CellPlace low;
  CellPlace high;
};

// A square of the halving: `level` bits of row and column are set.
struct Square {
  CellPlace low;
  int level = 0;

  uint32_t size_minus_one() const {
    return level == 0 ? UINT32_MAX : (uint32_t{1} << (kCellBits - level)) - 1;
  }
  CellPlace high() const { return {low.row + size_minus_one(), low.column + size_minus_one()}; }
  CellRange range() const { return {CellAt(low), CellAt(high())}; }
};

bool Overlaps(const Square& square, const Box& box) {
  const CellPlace high = square.high();
  return square.low.row <= box.high.row && high.row >= box.low.row &&
         square.low.column <= box.high.column && high.column >= box.low.column;
}

bool Within(const Square& square, const Box& box) {
  const CellPlace high = square.high();
  return square.low.row >= box.low.row && high.row <= box.high.row &&
         square.low.column >= box.low.column && high.column <= box.high.column;
}

Box BoxOf(double south, double north, double west, double east) {
  return {PlaceOf({south, west}), PlaceOf({north, east})};
}

// The latitudes and longitudes that a way of `metres` can come to. Along a way the latitude changes
// by no more than 1 / kMeridianRadiusMin for each metre, and the longitude by no more than
// 1 / (N cos(latitude)), where N is the equator's radius or more. The shortest way to a place
// within the circle does not leave it, and with it not these latitudes.
std::vector<Box> BoxesOf(const Point& centre, double metres) {
  const double height = metres / kMeridianRadiusMin * kDegrees + kSlackDegrees;
  const double south = std::max(-90.0, centre.latitude - height);
  const double north = std::min(90.0, centre.latitude + height);
  const double farthest = std::max(std::abs(south), std::abs(north));
  // Over a pole all longitudes meet.
  double width = 360;
  if (farthest < 90) {
    width = metres / (kEquatorMetres * std::cos(farthest / kDegrees)) * kDegrees + kSlackDegrees;
  }
  if (width >= 180) return {BoxOf(south, north, -180, 180)};
  const double west = centre.longitude - width;
  const double east = centre.longitude + width;
  if (west < -180) {
    return {BoxOf(south, north, -180, east), BoxOf(south, north, west + 360, 180)};
  }
  if (east > 180) {
    return {BoxOf(south, north, -180, east - 360), BoxOf(south, north, west, 180)};
  }
  return {BoxOf(south, north, west, east)};
}

struct Larger {
  bool operator()(const Square& a, const Square& b) const { return a.level > b.level; }
};

// Halves the largest squares that are not within the boxes for as long as there are few.
class Covering {
 public:
  explicit Covering(const std::vector<Box>& boxes) : boxes_(boxes) {}

  std::vector<CellRange> Cover() {
    Place({{0, 0}, 0});
    while (!open_.empty() && open_.size() + done_.size() + 3 <= kCellRangesMax) {
      const Square square = open_.top();
      open_.pop();
      if (square.level == kCellBits) {
        done_.push_back(square.range());
        continue;
      }
      const uint32_t half = (square.size_minus_one() >> 1) + 1;
      for (const uint32_t row : {uint32_t{0}, half}) {
        for (const uint32_t column : {uint32_t{0}, half}) {
          Place({{square.low.row + row, square.low.column + column}, square.level + 1});
        }
      }
    }
    for (; !open_.empty(); open_.pop()) done_.push_back(open_.top().range());
    return Joined(std::move(done_));
  }

 private:
  void Place(const Square& square) {
    const auto overlaps = [&](const Box& box) { return Overlaps(square, box); };
    const auto within = [&](const Box& box) { return Within(square, box); };
    if (std::none_of(boxes_.begin(), boxes_.end(), overlaps)) return;
    if (std::any_of(boxes_.begin(), boxes_.end(), within)) {
      done_.push_back(square.range());
    } else {
      open_.push(square);
    }
  }

  static std::vector<CellRange> Joined(std::vector<CellRange> ranges) {
    std::sort(ranges.begin(), ranges.end(),
              [](const CellRange& a, const CellRange& b) { return a.first < b.first; });
    std::vector<CellRange> joined;
    for (const CellRange& range : ranges) {
      if (!joined.empty() && joined.back().last + 1 == range.first) {
        joined.back().last = range.last;
      } else {
        joined.push_back(range);
      }
    }
    return joined;
  }

  const std::vector<Box>& boxes_;
  std::priority_queue<Square, std::vector<Square>, Larger> open_;
  std::vector<CellRange> done_;
};

}  // namespace

std::vector<CellRange> CoverCircle(const Point& centre, double metres) {
  DAFTAR_CHECK(IsPoint(centre) && metres >= 0);
  const std::vector<Box> boxes = BoxesOf(centre, metres);
  std::vector<CellRange> ranges = Covering(boxes).Cover();
  DAFTAR_CHECK_LE(ranges.size(), kCellRangesMax);
  return ranges;
}

}  // namespace daftar::geography
