// YCSB's core workloads (Cooper and others, 2010) as lists of operations that are drawn beforehand,
// so that every store is given the same and nothing but the store is measured.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "bench/ycsb/store.h"

namespace daftar::bench::ycsb {

enum class Kind : uint8_t { kRead, kUpdate, kInsert, kScan, kReadModifyWrite };

struct Operation {
  Kind kind = Kind::kRead;
  std::string key;
  size_t field = 0;
  std::string value;                 // of the field
  std::unique_ptr<Fields> inserted;  // a record that is inserted
  int records = 0;                   // of a scan
};

// Key and fields of a record; the same number always gives the same.
std::string KeyOf(uint64_t record);
Fields FieldsOf(uint64_t record);

// Draws the operations of workloads 'A' to 'F'. Thread safety: none.
class Workloads {
 public:
  // Stores hold records 0 to records - 1. Requires: records > 0.
  explicit Workloads(uint64_t records);

  // The next operations of a workload, to be run before those of a later call.
  std::vector<Operation> Draw(char workload, uint64_t operations);

 private:
  Operation DrawOne(char workload);
  // A number from 0 on; the i-th is drawn in proportion to 1 / (i + 1)^0.99.
  uint64_t Zipfian();

  std::mt19937_64 random_{1};
  uint64_t records_;
  std::vector<double> cumulative_;
};

// Runs them and takes in what they read.
void RunAll(const std::vector<Operation>& operations, Store& store, Digest* digest);

}  // namespace daftar::bench::ycsb
