#include "bench/samples.h"

#include <algorithm>
#include <cstdio>

namespace daftar::bench {

double Samples::median() const {
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  const size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double Samples::min() const { return *std::min_element(values_.begin(), values_.end()); }
double Samples::max() const { return *std::max_element(values_.begin(), values_.end()); }

std::string Samples::ToString() const {
  char text[96];
  std::snprintf(text, sizeof(text), "%.2f (%.2f to %.2f)", median(), min(), max());
  return text;
}

}  // namespace daftar::bench
