#include "bench/ycsb/workload.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace daftar::bench::ycsb {
namespace {

constexpr double kSkew = 0.99;
constexpr size_t kFieldBytes = 100;
constexpr int kScanRecordsMax = 100;

// The finisher of SplitMix64: spreads numbers that are near to each other.
uint64_t Mixed(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::string FieldOf(uint64_t value) {
  std::string text(kFieldBytes, ' ');
  for (size_t i = 0; i < kFieldBytes; ++i) {
    text[i] = static_cast<char>('!' + Mixed(value * kFieldBytes + i + 1) % 94);
  }
  return text;
}

}  // namespace

std::string KeyOf(uint64_t record) {
  char text[32];
  std::snprintf(text, sizeof text, "user%020llu",
                static_cast<unsigned long long>(Mixed(record + 1)));
  return text;
}

Fields FieldsOf(uint64_t record) {
  Fields fields;
  for (size_t i = 0; i < kFields; ++i) fields[i] = FieldOf(record * kFields + i);
  return fields;
}

Workloads::Workloads(uint64_t records) : records_(records) {
  double sum = 0;
  for (uint64_t i = 0; i < records; ++i) {
    sum += std::pow(static_cast<double>(i + 1), -kSkew);
    cumulative_.push_back(sum);
  }
}

uint64_t Workloads::Zipfian() {
  const double at = std::uniform_real_distribution<double>(0, cumulative_.back())(random_);
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), at);
  return std::min<uint64_t>(static_cast<uint64_t>(found - cumulative_.begin()),
                            cumulative_.size() - 1);
}

Operation Workloads::DrawOne(char workload) {
  Operation operation;
  const uint64_t percent = random_() % 100;
  switch (workload) {
    case 'A':
      operation.kind = percent < 50 ? Kind::kRead : Kind::kUpdate;
      break;
    case 'B':
      operation.kind = percent < 95 ? Kind::kRead : Kind::kUpdate;
      break;
    case 'D':
      operation.kind = percent < 95 ? Kind::kRead : Kind::kInsert;
      break;
    case 'E':
      operation.kind = percent < 95 ? Kind::kScan : Kind::kInsert;
      break;
    case 'F':
      operation.kind = percent < 50 ? Kind::kRead : Kind::kReadModifyWrite;
      break;
    default:
      break;  // C reads only
  }
  // The popular ones are spread over the keys, but for D, where they are the newest.
  const uint64_t drawn = Zipfian();
  uint64_t record = workload == 'D' ? records_ - 1 - drawn : Mixed(drawn) % records_;
  if (operation.kind == Kind::kInsert) {
    record = records_++;
    operation.inserted = std::make_unique<Fields>(FieldsOf(record));
  }
  operation.key = KeyOf(record);
  operation.field = random_() % kFields;
  operation.value = FieldOf(random_());
  operation.records = static_cast<int>(random_() % kScanRecordsMax) + 1;
  return operation;
}

std::vector<Operation> Workloads::Draw(char workload, uint64_t operations) {
  std::vector<Operation> drawn;
  for (uint64_t i = 0; i < operations; ++i) drawn.push_back(DrawOne(workload));
  return drawn;
}

void RunAll(const std::vector<Operation>& operations, Store& store, Digest* digest) {
  for (const Operation& operation : operations) {
    switch (operation.kind) {
      case Kind::kReadModifyWrite:
        store.Read(operation.key, digest);
        [[fallthrough]];
      case Kind::kUpdate:
        store.Update(operation.key, operation.field, operation.value);
        break;
      case Kind::kRead:
        store.Read(operation.key, digest);
        break;
      case Kind::kInsert:
        store.Insert(operation.key, *operation.inserted);
        break;
      case Kind::kScan:
        store.Scan(operation.key, operation.records, digest);
        break;
    }
  }
}

}  // namespace daftar::bench::ycsb
