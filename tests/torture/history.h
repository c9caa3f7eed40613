// What a run of transactions did and saw: the material of the checks.
//
// The database has two tables. A list is a record that transactions append values to; what a read
// of it gives tells the order of all appends before it. An item is a record with a place in an
// index, which transactions insert, move, delete and scan for. Every value that is ever written is
// unique, so that a read tells whose write it saw.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "daftar/ids.h"
#include "daftar/options.h"

namespace daftar::torture {

struct ItemState {
  int32_t group = 0;             // by which the index orders
  uint32_t value = 0;            // unique
  std::optional<uint32_t> code;  // held by one item at a time
  friend bool operator==(const ItemState&, const ItemState&) = default;
};

struct ReadList {
  uint32_t list = 0;
  std::vector<uint32_t> values;
};

// Always behind a ReadList of the same list by the same transaction.
struct Append {
  uint32_t list = 0;
  uint32_t value = 0;
};

struct ReadItem {
  uint32_t item = 0;
  std::optional<ItemState> found;
  friend bool operator==(const ReadItem&, const ReadItem&) = default;
};

struct WriteItem {
  uint32_t item = 0;
  std::optional<ItemState> state;  // absent: delete
  WriteIntent intent = WriteIntent::kUpsert;
  bool refused = false;  // AlreadyExists for an insert, NotFound for an update or delete
  friend bool operator==(const WriteItem&, const WriteItem&) = default;
};

// A scan of the items between two groups, or between two keys.
struct Scan {
  // By which it is ordered: (group, item) or (item, 0).
  using Place = std::tuple<int64_t, int64_t>;
  struct Seen {
    uint32_t item = 0;
    ItemState state;
    friend bool operator==(const Seen&, const Seen&) = default;
  };

  bool by_key = false;
  int32_t low = 0;
  int32_t high = 0;  // excluded
  bool reverse = false;
  uint32_t limit = 0;  // 0: none
  std::vector<Seen> seen;

  Place PlaceOf(uint32_t item, const ItemState& state) const {
    return by_key ? Place{item, 0} : Place{state.group, item};
  }
  // Whether the scan went over this place: it did not beyond the last row of a limit.
  bool Covers(const Place& place) const;
  friend bool operator==(const Scan&, const Scan&) = default;
};

// All items there are, and what happens to them.
using ItemTable = std::map<uint32_t, ItemState>;
// The rows that a scan gives, in its order; `seen` is not looked at.
std::vector<Scan::Seen> RowsOf(const ItemTable& items, const Scan& scan);
// Does what the write says; false when it is to be refused.
bool ApplyWrite(const WriteItem& write, ItemTable* items);

using Operation = std::variant<ReadList, Append, ReadItem, WriteItem, Scan>;

enum class Kind {
  kTransaction,
  kView,  // reads of the newest state, without a transaction
  kPast,  // reads of an earlier state
};

enum class Outcome {
  kCommitted,
  kAborted,
  kRefused,  // a unique value was taken
};

struct Recorded {
  Kind kind = Kind::kTransaction;
  Outcome outcome = Outcome::kCommitted;
  // Moments of one clock that never stands still: before it was begun, after it returned.
  uint64_t begin = 0;
  uint64_t end = 0;
  CommitVersion begun_at;
  CommitVersion version;  // when it was committed; that of begun_at when it wrote nothing
  std::vector<Operation> operations;

  // Whether it is one of the commits that a serial order has to explain.
  bool counts() const { return kind != Kind::kPast && outcome == Outcome::kCommitted; }
  bool wrote() const { return outcome == Outcome::kCommitted && version > begun_at; }
};

// Transactions are known by their place.
using History = std::vector<Recorded>;

struct Violation {
  std::string name;  // "G-single", "aborted read", …
  std::string text;
};

// "read item 4 = nothing", "delete item 3 (refused)".
std::string ToText(const Operation& operation);

// "T17 [3..9] begun at 12: read list 4 = 1 2 3; append 5 to list 4; committed as 13".
std::string Describe(const History& history, size_t transaction);

}  // namespace daftar::torture
