// Small scripts for a few clients, and the orders in which their steps may come.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "torture/history.h"

namespace daftar::torture {

struct ScanStep {
  Scan scan;
  bool covered = false;  // no record is read
  friend bool operator==(const ScanStep&, const ScanStep&) = default;
};
struct SetSavepoint {
  friend bool operator==(const SetSavepoint&, const SetSavepoint&) = default;
};
// Back to a savepoint that this script set, which may be forgotten by then.
struct GoBack {
  size_t savepoint = 0;
  bool refused = false;
  friend bool operator==(const GoBack&, const GoBack&) = default;
};
// Parts that are results are filled in by whoever runs the step.
using Step = std::variant<ReadItem, WriteItem, ScanStep, SetSavepoint, GoBack>;

enum class ClientKind {
  kTransaction,  // begun with its first step, committed or abandoned after its last
  kView,         // taken with its first step; only reads
  kBatch,        // all writes are one commit without a transaction
};

struct Script {
  ClientKind kind = ClientKind::kTransaction;
  std::vector<Step> steps;
  bool commits = true;

  // In how many places of a schedule the client has its turn.
  size_t turns() const;
};

using Random = std::mt19937_64;
uint32_t Below(Random* random, uint32_t n);

// Few items, groups, values and codes, so that clients meet.
std::vector<Script> RandomScripts(Random* random);
ItemTable RandomItems(Random* random);

// The clients' turns, as numbers of clients: every order when there are at most `all_max`, else
// `sampled` random ones.
class Orders {
 public:
  Orders(const std::vector<Script>& scripts, size_t all_max, size_t sampled, Random* random);

  bool all() const { return all_; }
  // Gives the next order; false when there is none.
  bool Next();
  const std::vector<size_t>& order() const { return order_; }

 private:
  Random* const random_;
  std::vector<size_t> order_;
  bool all_ = false;
  size_t left_ = 0;  // of the samples
  bool begun_ = false;
};

std::string ToText(const Step& step);
std::string ToText(const std::vector<Script>& scripts);

}  // namespace daftar::torture
