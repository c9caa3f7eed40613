// Permits on plain maps, every version of them: what the database must answer at every moment.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daftar/query.h"
#include "daftar/record.h"

namespace daftar::testing {

// The key is (holder, number). `valid_from` is when the permit holds in law; when the book learnt
// of it is for the database to know.
inline constexpr const char* kPermits = R"(
struct Permit $Daftar.table(name = "permit", key = ["holder", "number"])
    $Daftar.index(name = "byDay", on = ["validFrom", "state"], covering = ["amount"])
    $Daftar.index(name = "byDayDesc", on = ["validFrom desc"])
    $Daftar.index(name = "active", on = ["amount"], where = "state = active")
    $Daftar.index(name = "byCode", on = ["code"], unique = true, covering = ["validFrom"])
    $Daftar.index(name = "byTag", on = ["tags"]) {
  holder @0 :Text;
  number @1 :UInt32;
  validFrom @2 :Int32 $Daftar.date;
  state @3 :State;
  amount @4 :Int64;
  code @5 :Text;
  tags @6 :List(Text);
}
enum State { draft @0; active @1; revoked @2; }
)";

using PermitKey = std::pair<std::string, uint32_t>;

struct Permit {
  PermitKey key;
  std::string valid_from;  // ISO 8601
  int state = 0;
  int64_t amount = 0;
  std::optional<std::string> code;
  std::vector<std::string> tags;
  friend bool operator==(const Permit&, const Permit&) = default;
};

// In the form in which the database prints it.
std::string ToJson(const Permit& permit);
Key ToKey(const PermitKey& key);

using Permits = std::map<PermitKey, Permit>;

// All versions of all permits.
class PermitHistory {
 public:
  void Put(uint64_t version, const Permit& permit) {
    versions_[permit.key].push_back({version, permit});
  }
  void Delete(uint64_t version, const PermitKey& key) { versions_[key].push_back({version, {}}); }
  // Those of right after commit `version`.
  Permits At(uint64_t version) const;
  std::optional<Permit> Find(uint64_t version, const PermitKey& key) const;

 private:
  struct Version {
    uint64_t version = 0;
    std::optional<Permit> permit;
  };
  static const Version* At(const std::vector<Version>& versions, uint64_t version);

  std::map<PermitKey, std::vector<Version>> versions_;  // oldest first
};

// A query, and how to answer it from a plain map: keep, sort by (place, key), cut off, show.
struct Question {
  Query query = Query("permit");
  bool (*keeps)(const Permit&, const Question&) = nullptr;
  std::string (*place)(const Permit&) = nullptr;  // null: by key alone
  std::string (*shows)(const Permit&) = nullptr;
  bool reverse = false;
  uint64_t limit = UINT64_MAX;
  // What `keeps` compares with.
  std::string text;
  std::string low;
  std::string high;

  std::string Answer(const Permits& permits) const;
};

// What to ask, as drawn: each number is taken modulo what there is.
struct QuestionDice {
  uint32_t kind = 0;
  uint32_t low = 0;
  uint32_t high = 0;
  uint32_t pick = 0;
  bool reverse = false;
  uint64_t limit = 0;  // 0: none
};
inline constexpr uint32_t kQuestionKinds = 9;
Question MakeQuestion(const QuestionDice& dice);

// What permits are made of.
inline constexpr uint32_t kHolders = 3;
inline constexpr uint32_t kNumbers = 20;
inline constexpr uint32_t kDays = 9;
inline constexpr uint32_t kAmounts = 12;
inline constexpr uint32_t kPermitCodes = 40;
inline constexpr uint32_t kTags = 6;
std::string HolderOf(uint32_t n);
std::string DayOf(uint32_t n);
std::string CodeOf(uint32_t n);
std::string TagOf(uint32_t n);

}  // namespace daftar::testing
