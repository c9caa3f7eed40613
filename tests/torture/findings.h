// Violations as they are found: all are counted, the first are kept with their text.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "torture/history.h"

namespace daftar::torture {

class Findings {
 public:
  // `text` is only asked for when the violation is kept.
  void Add(const std::string& name, absl::FunctionRef<std::string()> text) {
    if (++counts_[name] <= kKeptOfEach) kept_.push_back({name, text()});
  }

  bool empty() const { return kept_.empty(); }
  const std::vector<Violation>& kept() const { return kept_; }
  // How many there are of each name.
  const std::map<std::string, size_t>& counts() const { return counts_; }

 private:
  static constexpr size_t kKeptOfEach = 3;

  std::vector<Violation> kept_;
  std::map<std::string, size_t> counts_;
};

}  // namespace daftar::torture
