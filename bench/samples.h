// Repeated measurements and what is said of them.
#pragma once

#include <string>
#include <vector>

namespace daftar::bench {

// Measurements of one thing. Requires for all but Add: there is one.
class Samples {
 public:
  void Add(double value) { values_.push_back(value); }
  double median() const;
  double min() const;
  double max() const;
  const std::vector<double>& values() const { return values_; }
  // "12345 (12001 to 13004)": median, and the range.
  std::string ToString() const;

 private:
  std::vector<double> values_;
};

}  // namespace daftar::bench
