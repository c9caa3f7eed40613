#include "api/permit_model.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace daftar::testing {
namespace {

constexpr const char* kStates[] = {"draft", "active", "revoked"};

// A number as text that compares as the number does.
std::string Comparable(uint32_t number) { return absl::StrFormat("%03d", number); }

std::string ShowAll(const Permit& permit) { return ToJson(permit); }
std::string ShowDay(const Permit& permit) {
  return absl::StrCat("{\"validFrom\":\"", permit.valid_from, "\",\"state\":\"",
                      kStates[permit.state], "\",\"amount\":", permit.amount,
                      ",\"number\":", permit.key.second, "}");
}
std::string ShowCode(const Permit& permit) {
  return absl::StrCat("{\"code\":\"", permit.code.value_or(""), "\",\"validFrom\":\"",
                      permit.valid_from, "\"}");
}

std::string PlaceByDay(const Permit& permit) { return permit.valid_from; }
std::string PlaceByDayAndState(const Permit& permit) {
  return absl::StrCat(permit.valid_from, permit.state);
}
std::string PlaceByAmount(const Permit& permit) {
  return Comparable(static_cast<uint32_t>(permit.amount));
}
std::string PlaceByCode(const Permit& permit) { return *permit.code; }

bool KeepAll(const Permit&, const Question&) { return true; }
bool KeepKeys(const Permit& permit, const Question& question) {
  const std::string number = Comparable(permit.key.second);
  return permit.key.first == question.text && number >= question.low && number <= question.high;
}
bool KeepDays(const Permit& permit, const Question& question) {
  return permit.valid_from >= question.low && permit.valid_from <= question.high;
}
bool KeepActive(const Permit& permit, const Question& question) {
  const std::string amount = Comparable(static_cast<uint32_t>(permit.amount));
  return permit.state == 1 && amount >= question.low && amount <= question.high;
}
bool KeepCode(const Permit& permit, const Question& question) {
  return permit.code == question.text;
}
bool KeepCodes(const Permit& permit, const Question& question) {
  return permit.code.has_value() && *permit.code >= question.low && *permit.code <= question.high;
}
bool KeepTag(const Permit& permit, const Question& question) {
  return std::find(permit.tags.begin(), permit.tags.end(), question.text) != permit.tags.end();
}
// One element must meet both conditions.
bool KeepTags(const Permit& permit, const Question& question) {
  return std::any_of(permit.tags.begin(), permit.tags.end(), [&](const std::string& tag) {
    return tag >= question.low && tag <= question.high;
  });
}

void Between(const char* path, Question* question) {
  question->query.Where(path, Operator::kGreaterOrEqual, question->low);
  question->query.Where(path, Operator::kLessOrEqual, question->high);
}

void Order(std::vector<const char*> paths, Question* question) {
  const auto direction = question->reverse ? SortDirection::kDescending : SortDirection::kAscending;
  for (const char* path : paths) question->query.OrderBy(path, direction);
  question->query.OrderBy("holder", direction).OrderBy("number", direction);
}

// What the numbers drawn make of a range of texts.
void Bound(const QuestionDice& dice, std::string (*text_of)(uint32_t), uint32_t count,
           Question* question) {
  question->low = text_of(std::min(dice.low % count, dice.high % count));
  question->high = text_of(std::max(dice.low % count, dice.high % count));
}

constexpr uint32_t kScanKinds = 5;

// By the primary key and by indexes with one entry a record.
void MakeScan(uint32_t kind, const QuestionDice& dice, Question* question) {
  question->shows = ShowAll;
  if (kind == 0) {
    question->keeps = KeepAll;
    Order({}, question);
  } else if (kind == 1) {
    question->keeps = KeepKeys;
    question->text = HolderOf(dice.pick);
    Bound(dice, Comparable, kNumbers, question);
    question->query.Where("holder", Operator::kEqual, question->text);
    Between("number", question);
    Order({}, question);
  } else if (kind == 2) {
    question->query.UseIndex("byDay").Select({"validFrom", "state", "amount", "number"});
    question->shows = ShowDay;
    question->keeps = KeepDays;
    question->place = PlaceByDayAndState;
    Bound(dice, DayOf, kDays, question);
    Between("validFrom", question);
    Order({"validFrom", "state"}, question);
  } else if (kind == 3) {
    question->query.UseIndex("byDayDesc");
    question->keeps = KeepDays;
    question->place = PlaceByDay;
    Bound(dice, DayOf, kDays, question);
    Between("validFrom", question);
    Order({"validFrom"}, question);
  } else {
    question->query.UseIndex("active").Where("state", Operator::kEqual, "active");
    question->keeps = KeepActive;
    question->place = PlaceByAmount;
    Bound(dice, Comparable, kAmounts, question);
    Between("amount", question);
    Order({"amount"}, question);
  }
}

// By the unique index and by the one that fans out.
void MakeLookUp(uint32_t kind, const QuestionDice& dice, Question* question) {
  question->shows = ShowAll;
  question->query.UseIndex(kind < 7 ? "byCode" : "byTag");
  if (kind == 5) {
    question->query.Select({"code", "validFrom"});
    question->shows = ShowCode;
    question->keeps = KeepCode;
    question->text = CodeOf(dice.pick);
    question->query.Where("code", Operator::kEqual, question->text);
  } else if (kind == 6) {
    question->keeps = KeepCodes;
    question->place = PlaceByCode;
    Bound(dice, CodeOf, kPermitCodes, question);
    Between("code", question);
    Order({"code"}, question);
  } else if (kind == 7) {
    question->keeps = KeepTag;
    question->text = TagOf(dice.pick);
    question->query.Where("tags", Operator::kEqual, question->text);
    Order({}, question);
  } else {
    question->keeps = KeepTags;
    Bound(dice, TagOf, kTags, question);
    Between("tags", question);
    Order({}, question);
  }
}

}  // namespace

std::string HolderOf(uint32_t n) { return absl::StrCat("holder", n % kHolders); }
std::string DayOf(uint32_t n) { return absl::StrCat("2024-03-0", 1 + n % kDays); }
std::string CodeOf(uint32_t n) { return absl::StrFormat("c%02d", n % kPermitCodes); }
std::string TagOf(uint32_t n) { return absl::StrCat("t", n % kTags); }

std::string ToJson(const Permit& permit) {
  std::string json = absl::StrCat(
      "{\"holder\":\"", permit.key.first, "\",\"number\":", permit.key.second, ",\"validFrom\":\"",
      permit.valid_from, "\",\"state\":\"", kStates[permit.state], "\",\"amount\":", permit.amount);
  if (permit.code.has_value()) absl::StrAppend(&json, ",\"code\":\"", *permit.code, "\"");
  if (!permit.tags.empty()) {
    absl::StrAppend(&json, ",\"tags\":[\"", absl::StrJoin(permit.tags, "\",\""), "\"]");
  }
  return json + "}";
}

Key ToKey(const PermitKey& key) { return {key.first, static_cast<uint64_t>(key.second)}; }

const PermitHistory::Version* PermitHistory::At(const std::vector<Version>& versions,
                                                uint64_t version) {
  const auto after =
      std::upper_bound(versions.begin(), versions.end(), version,
                       [](uint64_t wanted, const Version& each) { return wanted < each.version; });
  return after == versions.begin() ? nullptr : &*std::prev(after);
}

Permits PermitHistory::At(uint64_t version) const {
  Permits permits;
  for (const auto& [key, versions] : versions_) {
    const Version* found = At(versions, version);
    if (found != nullptr && found->permit.has_value()) permits[key] = *found->permit;
  }
  return permits;
}

std::optional<Permit> PermitHistory::Find(uint64_t version, const PermitKey& key) const {
  const auto versions = versions_.find(key);
  if (versions == versions_.end()) return std::nullopt;
  const Version* found = At(versions->second, version);
  return found == nullptr ? std::nullopt : found->permit;
}

std::string Question::Answer(const Permits& permits) const {
  std::vector<std::pair<std::string, const Permit*>> rows;
  for (const auto& [key, permit] : permits) {
    if (keeps(permit, *this)) rows.emplace_back(place == nullptr ? "" : place(permit), &permit);
  }
  // They come by key, which a stable sort keeps for those of one place.
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (reverse) std::reverse(rows.begin(), rows.end());
  if (rows.size() > limit) rows.resize(limit);
  std::string answer;
  for (const auto& [at, permit] : rows) answer += shows(*permit) + "\n";
  return answer;
}

Question MakeQuestion(const QuestionDice& dice) {
  Question question;
  question.reverse = dice.reverse;
  if (dice.limit > 0) question.query.Limit(question.limit = dice.limit);
  const uint32_t kind = dice.kind % kQuestionKinds;
  if (kind < kScanKinds) {
    MakeScan(kind, dice, &question);
  } else {
    MakeLookUp(kind, dice, &question);
  }
  return question;
}

}  // namespace daftar::testing
